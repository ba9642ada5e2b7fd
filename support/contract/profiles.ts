// What the simulator plays: the messages as the pages print them, or with the known drift of today's wire.
export const PROFILES = ['documented', 'observed'] as const

export type Profile = (typeof PROFILES)[number]

export const DEFAULT_PROFILE: Profile = 'documented'
