// Deviations in which permission a form of call takes: each form with each permission, in place of its own and besides it.
import { type FormName, MEDIA_PERMISSION, PERMISSIONS, type PermissionName } from '../../simulator/core/forms'
import type { Deviation } from '../../simulator/wrapping'
import { breaks } from '../wrap/breaks'
import { appHosted, besides, GRANTED, GROUP, GUEST, granting, INITIATE, instead, isForm, JOIN, REFUSED } from '../wrap/granting'

/** What a permission is for. */
interface Permission {
  readonly name: PermissionName
  /** In the ids of deviations. */
  readonly short: string
  /** What who is granted it may do. */
  readonly may: string
}

/** What takes a permission. */
interface Taking extends Permission {
  readonly form: FormName
  readonly requirement: string
  /** Doing it, as the beginning of a sentence. */
  readonly doing: string
}

const TAKING: readonly Taking[] = [
  {
    form: 'peer-to-peer',
    requirement: 'CC-08',
    name: INITIATE,
    short: 'initiate',
    may: 'call a person',
    doing: 'Calling a person',
  },
  { form: 'meeting', requirement: 'CC-09', name: JOIN, short: 'join', may: 'join meetings', doing: 'Joining a meeting' },
  {
    form: 'meeting-as-guest',
    requirement: 'CC-10',
    name: GUEST,
    short: 'guest',
    may: 'join as a guest',
    doing: 'Joining as a guest',
  },
  {
    form: 'group',
    requirement: 'CC-12',
    name: GROUP,
    short: 'group',
    may: 'call several people',
    doing: 'Calling several people',
  },
]

const MEDIA: Permission = { name: MEDIA_PERMISSION, short: 'media', may: 'access media' }

const holdsAll = (granted: ReadonlySet<PermissionName | null>) => PERMISSIONS.every((one) => granted.has(one))

const OF_FORMS = TAKING.flatMap(({ form, requirement, name, short, may, doing }) => [
  ...[...TAKING, MEDIA]
    .filter((other) => other.name !== name)
    .flatMap((other) => [
      breaks(
        requirement,
        `${short}-by-${other.short}`,
        `Who may ${other.may} may ${may}.`,
        REFUSED,
        instead(form, other.name, name),
      ),
      breaks(
        requirement,
        `${short}-needs-${other.short}`,
        `${doing} takes the permission to ${other.may}, too.`,
        GRANTED,
        besides(form, other.name),
      ),
    ]),
  breaks(
    requirement,
    `${short}-by-all-in-order-refused`,
    `${doing} is refused to an app that holds every permission.`,
    GRANTED,
    granting((granted, { body }) => (isForm(body, form) && holdsAll(granted) ? [] : granted)),
  ),
])

const OF_MEDIA = [
  ...TAKING.flatMap((other) => [
    breaks(
      'CC-11',
      `media-by-${other.short}`,
      `With media of the application, who may ${other.may} needs nothing else.`,
      REFUSED,
      granting((granted, { body }) => (appHosted(body) && granted.has(other.name) ? PERMISSIONS : granted)),
    ),
    breaks(
      'CC-11',
      `media-needs-${other.short}`,
      `Media of the application take the permission to ${other.may}, too.`,
      GRANTED,
      granting((granted, { body }) => (appHosted(body) && !granted.has(other.name) ? [] : granted)),
    ),
  ]),
  breaks(
    'CC-11',
    'media-by-all-in-order-refused',
    'Media of the application are refused to one that holds every permission.',
    GRANTED,
    granting((granted, { body }) => (appHosted(body) && holdsAll(granted) ? [] : granted)),
  ),
]

export const MATRIX: readonly Deviation[] = [...OF_FORMS, ...OF_MEDIA]
