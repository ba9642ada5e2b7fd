// Reading join addresses: an address of each shape as Teams hands it out, what is wrapped around addresses, the errors, and any text at all.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'mocha'
import { ONLINE_MEETING } from '../simulator/core/online-meetings'
import { joinAddress } from '../suite/vocabulary/meetings'
import { type JoinAddress, readJoinAddress } from './join-address'
import { SHAPES } from './join-address-shapes'
import { TEAMS_HOSTS, WRAPPERS } from './join-address-wrappers'

const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const ORGANIZER = '550fae72-d251-43ec-868c-373732c2704f'
const CONTEXT = `%7b%22Tid%22%3a%22${TENANT}%22%2c%22Oid%22%3a%22${ORGANIZER}%22%7d`
const SCHEDULED = `/l/meetup-join/19%3ameeting_MjM2NzczMmEt%40thread.v2/0?context=${CONTEXT}`
const PLAIN = `https://teams.microsoft.com${SCHEDULED}`
const SHORT = 'https://teams.microsoft.com/meet/2414128301281?p=NzhDLMLT8b07DrkwkE'

/** The coordinates as one line: thread, message, post that is replied to. */
function shown(read: JoinAddress): string {
  if (read.kind === 'coordinates') {
    assert.deepEqual(read.organizer, { id: ORGANIZER, tenantId: TENANT })
    return [read.threadId, read.messageId, read.replyChainMessageId ?? 'no post'].join(' ')
  }
  if (read.kind === 'meeting-id') return `meeting id ${read.meetingId}, ${read.passcode ?? 'no passcode'}`
  return `${read.kind}: ${read.cause}`
}

const MEETING = '19:meeting_MjM2NzczMmEt@thread.v2 0 no post'
const coords = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64')
const LIGHT = { conversationId: '19:meeting_MjM2NzczMmEt@thread.v2', messageId: '0', tenantId: TENANT, organizerId: ORGANIZER }

const READ: readonly (readonly [name: string, address: string, read: string])[] = [
  ['a scheduled meeting', PLAIN, MEETING],
  ['percent-encoded in capitals', PLAIN.replaceAll('%3a', '%3A').replaceAll('%7b', '%7B'), MEETING],
  ['not percent-encoded', decodeURIComponent(PLAIN), MEETING],
  [
    'in another letter case, and with a slash at the end',
    PLAIN.replace('/l/meetup-join', '/L/Meetup-Join').replace('/0?', '/0/?'),
    MEETING,
  ],
  ['with parameters of the client', `${PLAIN}&anon=true&deeplinkId=742e31`, MEETING],
  ['of a live event', PLAIN.replace('%7d', '%2c%22IsBroadcastMeeting%22%3atrue%7d'), MEETING],
  [
    'a post of an older channel',
    `https://teams.microsoft.com/l/meetup-join/19%3acd9ce3da%40thread.skype/1509579179399?context=${CONTEXT}`,
    '19:cd9ce3da@thread.skype 1509579179399 no post',
  ],
  [
    'a reply in a channel',
    `https://teams.microsoft.com/l/meetup-join/19%3a0ecebe65%40thread.tacv2/1613136446236?context=${CONTEXT.replace('%7d', '%2c%22MessageId%22%3a%221536978844957%22%7d')}`,
    '19:0ecebe65@thread.tacv2 1613136446236 1536978844957',
  ],
  [
    'in GCC High',
    `https://gov.teams.microsoft.us${SCHEDULED.replace('19%3a', '19%3agcch%3a')}`,
    '19:gcch:meeting_MjM2NzczMmEt@thread.v2 0 no post',
  ],
  [
    'of the Department of Defense',
    `https://dod.teams.microsoft.us${SCHEDULED.replace('19%3a', '19%3adod%3a')}`,
    '19:dod:meeting_MjM2NzczMmEt@thread.v2 0 no post',
  ],
  ['at cloud.microsoft', `https://teams.cloud.microsoft${SCHEDULED}`, MEETING],
  ['a short address', SHORT, 'meeting id 2414128301281, NzhDLMLT8b07DrkwkE'],
  ['a short address without passcode', 'https://teams.microsoft.com/meet/2414128301281', 'meeting id 2414128301281, no passcode'],
  ['a short address with an empty passcode', 'https://teams.microsoft.com/meet/26?p=', 'meeting id 26, no passcode'],
  ['the light client', `https://teams.microsoft.com/light-meetings/launch?agent=web&coords=${coords(LIGHT)}`, MEETING],
  [
    'the light client, with a plus sign in base64',
    `https://teams.microsoft.com/light-meetings/launch?coords=${coords({ ...LIGHT, conversationId: '19:~~~~~~@thread.v2' })}`,
    '19:~~~~~~@thread.v2 0 no post',
  ],
  [
    'the light client, percent-encoded before base64',
    `https://teams.microsoft.com/light-meetings/launch?coords=${Buffer.from(encodeURIComponent(JSON.stringify(LIGHT))).toString('base64')}`,
    MEETING,
  ],
  ['a personal account', 'https://teams.live.com/meet/9365513283443?p=CaQ10', 'look-up: is of a meeting of a personal account'],
  [
    'a personal account, the light client',
    `https://teams.live.com/light-meetings/launch?coords=${coords({ meetingCode: '9', passcode: 'x' })}`,
    'look-up: is of a meeting of a personal account',
  ],
  [
    'a webinar',
    'https://events.teams.microsoft.com/event/83c6ec1e-2522-4918-910f-c529b4fb0574@fa7b1b5a-7b34-4387-94ae-d2c178decee1',
    'look-up: is where people register',
  ],
  ['a short link', 'https://aka.ms/our-weekly', 'look-up: is a short link'],
]

const encoded = encodeURIComponent
const LAUNCHER = `https://teams.microsoft.com/dl/launcher/launcher.html?url=${encoded(`/_#${SCHEDULED}&anon=true`)}&type=meetup-join&directDl=true`

/** Each leads to the scheduled meeting, whose address remains. */
const WRAPPED: readonly (readonly [name: string, address: string])[] = [
  ['blanks and angle brackets', `  <${PLAIN}>\n`],
  ['an angle bracket at the end', `${PLAIN}>`],
  ['Safe Links', `https://eur01.safelinks.protection.outlook.com/?url=${encoded(PLAIN)}&data=05%7C02&reserved=0`],
  ['Safe Links with a path', `https://nam12.safelinks.protection.outlook.com/ap/t-59584e83/?url=${encoded(PLAIN)}&data=05`],
  ['Safe Links in HTML', `https://nam12.safelinks.protection.outlook.com/?data=05&amp;url=${encoded(PLAIN)}&amp;reserved=0`],
  ['Safe Links of the government', `https://usg02.safelinks.protection.office365.us/?url=${encoded(PLAIN)}`],
  [
    'Safe Links of Teams',
    `https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=${encoded(PLAIN)}`,
  ],
  ['Defender for Cloud Apps', `https://teams.microsoft.com.mcas.ms${SCHEDULED}`],
  ['msteams: without a host', `msteams:${SCHEDULED}`],
  ['msteams: with a host', `msteams://teams.microsoft.com${SCHEDULED}`],
  ['the first web client', `https://teams.microsoft.com/_#${SCHEDULED}`],
  ['the second web client', `https://teams.microsoft.com/v2/?meetingjoin=true#${SCHEDULED}`],
  [
    'the launcher, its parameter not percent-encoded',
    `https://teams.microsoft.com/dl/launcher/launcher.html?url=/_#${SCHEDULED}`,
  ],
]

const LONG = /^is like https:\/\/HOST\/l\/meetup-join\/THREAD\/MESSAGE\?context=\{"Tid":…,"Oid":…\}, but /
const INVALID: readonly (readonly [name: string, address: string, cause: RegExp, remedy: RegExp])[] = [
  ['no address', 'not an address', /but is not a web address/, /copy the whole address/],
  ['nothing', '', /but is not a web address/, /copy/],
  ['no scheme', PLAIN.slice('https://'.length), /but https:\/\/ is missing/, /begin it with https:/],
  ['another scheme', `ftp://teams.microsoft.com${SCHEDULED}`, /but is not a web address/, /copy/],
  [
    'another host',
    `https://teams.example.com${SCHEDULED}`,
    /but its host is not teams\.microsoft\.com or /,
    /open it in a browser/,
  ],
  ['a similar path', PLAIN.replace('meetup-join', 'meetup'), /but its path does not begin with \/l\/meetup-join\//, /copy/],
  ['no thread', 'https://teams.microsoft.com/l/meetup-join/', /but its thread is missing/, /copy/],
  ['no message', PLAIN.replace('/0?', '?'), /but its message is missing/, /copy/],
  ['more path', PLAIN.replace('/0?', '/0/1?'), /but its path continues after the message/, /copy/],
  ['a thread without 19:', PLAIN.replace('19%3a', ''), /but its thread is not 19:…@thread/, /copy/],
  ['a thread with a line break', PLAIN.replace('meeting_Mj', 'meeting_ Mj'), /but its thread is not 19:…@thread/, /copy/],
  ['a message that is no number', PLAIN.replace('/0?', '/zero?'), /but its message is not 0 for a scheduled meeting/, /copy/],
  [
    'a thread that is encoded twice',
    PLAIN.replaceAll('%', '%25'),
    /but its context is percent-encoded twice/,
    /decode the address once/,
  ],
  [
    'a context that is fine and a thread that is not',
    PLAIN.replace('19%3a', '19%253a'),
    /but its thread is percent-encoded twice/,
    /decode/,
  ],
  ['half an escape', PLAIN.replace('%40', '%zz'), /but its thread is not percent-encoded properly/, /copy/],
  ['no context', PLAIN.slice(0, PLAIN.indexOf('?')), /but its context is missing/, /copy/],
  ['a context that was cut', PLAIN.slice(0, -10), /but its context is not a JSON object/, /copy/],
  ['a context that is a list', PLAIN.replace(CONTEXT, '[]'), /but its context is not a JSON object/, /copy/],
  [
    'no Oid',
    PLAIN.replace('Oid', 'oid'),
    /but its Oid \(in the context\) is missing/,
    /Oid \(in the context\) is the GUID of the organizer/,
  ],
  [
    'a Tid that is a name',
    PLAIN.replace(TENANT, 'contoso.com'),
    /but its Tid \(in the context\) is not the GUID of the tenant/,
    /copy/,
  ],
  ['an Oid that is cut', PLAIN.replace(ORGANIZER, ORGANIZER.slice(1)), /but its Oid \(in the context\) is not the GUID/, /copy/],
  [
    'a MessageId that is a number',
    PLAIN.replace('%7d', '%2c%22MessageId%22%3a17%7d'),
    /but its MessageId \(in the context\) is not the number of a post/,
    /copy/,
  ],
]

const SHORT_FORM = /^is like https:\/\/HOST\/meet\/MEETING_ID\?p=PASSCODE, but /
const INVALID_OTHERS: typeof INVALID = [
  ['no meeting id', 'https://teams.microsoft.com/meet/?p=x', /but its meeting id is missing/, /copy/],
  [
    'a meeting id with blanks',
    'https://teams.microsoft.com/meet/264 183 392?p=x',
    /but its meeting id is not a number without blanks/,
    /copy/,
  ],
  ['more path', 'https://teams.microsoft.com/meet/2414128301281/x?p=x', /but its path continues after the meeting id/, /copy/],
  ['a misspelt path', 'https://teams.microsoft.com/meeet/2414128301281?p=x', /but its path does not begin with \/meet\//, /copy/],
]

function invalid(address: string): Extract<JoinAddress, { kind: 'invalid' }> {
  const read = readJoinAddress(address)
  return read.kind === 'invalid' ? read : assert.fail(shown(read))
}

describe('a join address', () => {
  for (const [name, address, expected] of READ)
    test(`of ${name} is read`, () => {
      const read = readJoinAddress(address)
      if (expected.startsWith('look-up')) assert.ok(shown(read).startsWith(expected), shown(read))
      else assert.equal(shown(read), expected)
      assert.equal('address' in read && read.address, address)
    })

  for (const [name, address] of WRAPPED)
    test(`in ${name} is unwrapped`, () => {
      const read = readJoinAddress(address)
      assert.equal(shown(read), MEETING)
      assert.equal('address' in read && read.address, PLAIN)
    })

  test('in several wrappers is unwrapped, a short one too, up to five', () => {
    const safe = (address: string) => `https://eur01.safelinks.protection.outlook.com/?url=${encoded(address)}`
    assert.equal(shown(readJoinAddress(safe(LAUNCHER))), MEETING)
    const short = `https://gov.teams.microsoft.us/dl/launcher/launcher.html?url=${encoded('/_#/meet/26?p=x&anon=true')}&type=meet`
    const read = readJoinAddress(short)
    assert.equal(shown(read), 'meeting id 26, x')
    assert.equal('address' in read && read.address, 'https://gov.teams.microsoft.us/meet/26?p=x&anon=true')
    const many = (times: number) => Array.from({ length: times }).reduce<string>(safe, PLAIN)
    assert.equal(shown(readJoinAddress(many(5))), MEETING)
    assert.match(invalid(many(6)).cause, /is wrapped more than 5 times/)
  })

  for (const [name, address, cause, remedy] of INVALID)
    test(`with ${name} is an error that names the long shape`, () => {
      const read = invalid(address)
      assert.match(read.cause, LONG)
      assert.match(read.cause, cause)
      assert.match(read.remedy, remedy)
    })

  for (const [name, address, cause, remedy] of INVALID_OTHERS)
    test(`with ${name} is an error that names the short shape`, () => {
      const read = invalid(address)
      assert.match(read.cause, SHORT_FORM)
      assert.match(read.cause, cause)
      assert.match(read.remedy, remedy)
    })

  test('in a wrapper has an error that names the wrapper', () => {
    const wrapped = `https://eur01.safelinks.protection.outlook.com/?url=${encoded(PLAIN.replace('Oid', 'oid'))}`
    assert.match(invalid(wrapped).cause, /^wraps \(Safe Links\) an address that is like .*, but its Oid/)
    const empty = 'https://eur01.safelinks.protection.outlook.com/?data=05'
    assert.match(invalid(empty).cause, /but has no address inside \(https:\/\/….safelinks/)
    assert.match(invalid('https://teams.microsoft.com/light-meetings/launch?p=x').cause, /coords is not a JSON object in base64/)
    const unknown = coords({ ...LIGHT, organizerId: 'x' })
    assert.match(
      invalid(`https://teams.microsoft.com/light-meetings/launch?coords=${unknown}`).cause,
      /but its organizerId \(in coords\) is not the GUID of the organizer/,
    )
  })

  test('has an error or a remedy without its passcode, its ids and its thread', () => {
    for (const address of [
      `${PLAIN.replace(TENANT, 'canary')}&p=canary`,
      PLAIN.replace('19%3a', 'canary'),
      SHORT.replace('24', 'canary'),
    ]) {
      const { cause, remedy } = invalid(address)
      assert.doesNotMatch(`${cause} ${remedy}`, /canary|NzhDLMLT8b07DrkwkE|550fae72|MjM2NzczMmEt/)
    }
  })
})

const guid = fc.uuid()
const thread = fc.stringMatching(/^19:[^\s@\ud800-\udfff%]{1,30}@thread\.(v2|tacv2|skype)$/)
const digits = fc.stringMatching(/^\d{1,16}$/)
const plain = { noNullPrototype: true }
const written = fc.record(
  {
    threadId: thread,
    messageId: digits,
    replyChainMessageId: fc.option(digits),
    organizer: fc.record({ id: guid, tenantId: guid }, plain),
  },
  plain,
)

describe('any text', () => {
  const part = fc.oneof(
    fc.constantFrom(
      ...SHAPES.map(({ form }) => form),
      ...WRAPPERS.map(({ form }) => form),
      ...TEAMS_HOSTS.map(({ host }) => host),
    ),
    fc.constantFrom(
      PLAIN,
      SHORT,
      LAUNCHER,
      SCHEDULED,
      CONTEXT,
      'msteams:',
      '?url=',
      '?context=',
      '#/',
      '/_#',
      '/meet/',
      '%',
      '%zz',
      '<',
    ),
    fc.constantFrom(
      'https://',
      '.mcas.ms',
      '?coords=',
      coords(LIGHT),
      coords([1]),
      coords({ conversationId: 1 }),
      '&amp;',
      'null',
      '{}',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  test('is read without an exception, and an error has cause, remedy and shape', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
          fc.webUrl(),
          fc.string(),
        ),
        (text) => {
          const read = readJoinAddress(text)
          assert.ok(['coordinates', 'meeting-id', 'look-up', 'invalid'].includes(read.kind))
          if (read.kind !== 'coordinates') assert.ok(read.cause !== '' && read.remedy !== '')
          if (read.kind === 'invalid') assert.ok(SHAPES.some(({ form }) => form === read.resembles))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('that the project writes as a join address gives the coordinates back, also wrapped', () => {
    const joinUrl = ONLINE_MEETING.find(({ name }) => name === 'joinUrl') ?? assert.fail('no joinUrl')
    fc.assert(
      fc.property(written, ({ organizer, ...chat }) => {
        const { id, tenantId } = organizer
        const bySuite = joinAddress({ ...chat, organizer: { ...organizer, displayName: null } })
        const bySimulator = String(joinUrl.value({ ...chat, tenantId, organizer: { id, displayName: 'Bob' }, guests: 'held' }))
        const safe = `https://eur01.safelinks.protection.outlook.com/?url=${encoded(bySuite)}`
        for (const [address, text] of [
          [bySuite, bySuite],
          [bySimulator, bySimulator],
          [bySuite, safe],
        ] as const)
          assert.deepEqual(readJoinAddress(text), { kind: 'coordinates', address, ...chat, organizer })
      }),
    )
  })
})

test('every shape, wrapper and host has a source and an example above', () => {
  for (const { source } of [...SHAPES, ...WRAPPERS, ...TEAMS_HOSTS]) assert.match(source, /\S+ \S+/)
  const read = READ.map(([, address]) => address)
  for (const { host } of TEAMS_HOSTS)
    assert.ok(
      read.some((address) => address.startsWith(`https://${host}/`)),
      host,
    )
  for (const { hosts, path, form } of SHAPES)
    assert.ok(
      read.some((address) => hosts.some((host) => address.startsWith(`https://${host}/${path}`))),
      form,
    )
  for (const { wraps, name } of WRAPPERS)
    assert.ok(
      [...WRAPPED.map(([, address]) => address), LAUNCHER].some((address) => URL.canParse(address) && wraps(new URL(address))),
      name,
    )
})
