// What the bot shows in place of its own token, by the phrase that a feature has for it.
import { FORGERIES, forged } from '../../bot/forged-tokens'
import type { TokenKind } from '../../contract/cast'
import type { Session } from '../session'

/** Whole value of the Authorization header; null: there is none. */
type Shown = (session: Session) => Promise<string | null>

const foreign =
  (kind: TokenKind): Shown =>
  async ({ target, setting }) =>
    `Bearer ${await target.foreignToken(setting.cast, kind)}`

const ARTICLE = { malformed: 'a', tampered: 'a', unsigned: 'an', 'signed by another key': 'a' } as const

export const TOKENS: ReadonlyMap<string, Shown> = new Map<string, Shown>([
  ['without a token', async () => null],
  ['with its token under another scheme', async ({ bot }) => `Basic ${await bot.token()}`],
  ...FORGERIES.map((kind): [string, Shown] => [
    kind.startsWith('signed') ? `with a token ${kind}` : `with ${ARTICLE[kind]} ${kind} token`,
    async ({ bot }) => `Bearer ${await forged(kind, await bot.token())}`,
  ]),
  ['with an expired token', foreign('expired')],
  ['with a token that is not yet valid', foreign('notYetValid')],
  ['with a token for another audience', foreign('otherAudience')],
  ['with a token of another tenant', foreign('otherTenant')],
  ['with a delegated token', foreign('delegated')],
])

export async function authorizationOf(session: Session, phrase: string): Promise<string | null> {
  return (TOKENS.get(phrase) as Shown)(session)
}
