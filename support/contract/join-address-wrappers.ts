// The hosts of Teams, and what a join address comes wrapped in: Safe Links, the launcher, the web client and other addresses around it.

/** Documented by Microsoft, or observed in public. */
export interface WithSource {
  readonly basis: 'documented' | 'observed'
  readonly source: string
}

interface Host extends WithSource {
  readonly host: string
}

/** Where organizations have their meetings. */
export const TEAMS_HOSTS: readonly Host[] = [
  { host: 'teams.microsoft.com', basis: 'documented', source: 'resource page of call, November 2019' },
  { host: 'teams.cloud.microsoft', basis: 'observed', source: 'IsmaelMartinez/teams-for-linux, pull request 2250' },
  {
    host: 'gov.teams.microsoft.us',
    basis: 'observed',
    source: 'CISA-SBOM-Community/SBOM-Generation, README (GCC High; threads begin with 19:gcch:meeting_)',
  },
  {
    host: 'dod.teams.microsoft.us',
    basis: 'observed',
    source: 'niemopen/ntac-admin, agenda of 23 May 2023 (DoD; threads begin with 19:dod:meeting_)',
  },
]

export const ORGANIZATIONS: readonly string[] = TEAMS_HOSTS.map(({ host }) => host)
/** Where people with a personal account have their meetings. */
export const PERSONAL = 'teams.live.com'
const ofTeams = ({ host }: URL) => ORGANIZATIONS.includes(host) || host === PERSONAL

interface Wrapper extends WithSource {
  readonly name: string
  readonly form: string
  readonly wraps: (url: URL) => boolean
  /** The wrapped address; null where it is missing. */
  readonly inner: (url: URL) => string | null
}

const parameter = (name: string) => (url: URL) => url.searchParams.get(name)

/** Addresses that contain another one. The first row that fits is used: the parameter of a launcher may continue in the fragment. */
export const WRAPPERS: readonly Wrapper[] = [
  {
    name: 'Safe Links',
    form: 'https://….safelinks.protection.outlook.com/?url=ADDRESS',
    basis: 'observed',
    source:
      'caleb531/open-conference-url, issue 37; office365.us: qemu-devel, thread "accel/tcg: Fix cross-page pointer wrapping issue"',
    wraps: ({ hostname }) => /(^|\.)safelinks\.protection\.(outlook\.com|office365\.us)$/.test(hostname),
    inner: parameter('url'),
  },
  {
    name: 'Safe Links of Teams',
    form: 'https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=ADDRESS',
    basis: 'observed',
    source: 'mortenn/browserpicker, issue 24',
    wraps: ({ hostname, pathname }) =>
      /^statics(int)?\.teams\.cdn\.office\.net$/.test(hostname) && pathname.includes('/safelinks/'),
    inner: parameter('url'),
  },
  {
    name: 'Defender for Cloud Apps',
    form: 'https://teams.microsoft.com.mcas.ms/…',
    basis: 'observed',
    source: 'MISP/misp-warninglists, list microsoft-mdca-proxy; bobrippling/gwis, README',
    wraps: ({ hostname }) => hostname.endsWith('.mcas.ms'),
    inner: ({ href, hostname }) => href.replace(hostname, hostname.slice(0, -'.mcas.ms'.length)),
  },
  {
    name: 'msteams:',
    form: 'msteams:/… or msteams://HOST/…',
    basis: 'observed',
    source: 'IsmaelMartinez/teams-for-linux, pull requests 1648 and 2250',
    wraps: ({ protocol }) => protocol === 'msteams:',
    inner: ({ host, pathname, search, hash }) =>
      `https://${host === '' ? ORGANIZATIONS[0] : host}/${pathname.replace(/^\/+/, '')}${search}${hash}`,
  },
  {
    name: 'fragment of the web client',
    form: 'https://HOST/_#/… or https://HOST/v2/?meetingjoin=true#/…',
    basis: 'observed',
    source: 'attendee-labs/attendee, test_meeting_url_utils.py; IsmaelMartinez/teams-for-linux, meetingUrlValidation.test.js',
    wraps: (url) => ofTeams(url) && url.hash.startsWith('#/'),
    inner: ({ origin, hash }) => origin + hash.slice(1),
  },
  {
    name: 'launcher',
    form: 'https://HOST/dl/launcher/launcher.html?url=/_#/…',
    basis: 'observed',
    source: 'Meeting-BaaS/meet-teams-bot, issue 210; attendee-labs/attendee, test_meeting_url_utils.py',
    wraps: (url) => ofTeams(url) && url.pathname.toLowerCase() === '/dl/launcher/launcher.html',
    inner: ({ origin, searchParams }) => {
      const route = searchParams.get('url')
      return route === null || !URL.canParse(route, origin) ? null : new URL(route, origin).href
    },
  },
]
