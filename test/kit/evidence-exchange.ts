// Exchanges for the tests of the evidence, and the canaries that are planted in them.

import assert from 'node:assert/strict'
import type { Exchange, Purpose } from '../../support/contract/exchange'
import { renderExchange } from '../../support/results/redaction/evidence'

export const canary = 'canary-7f3a'
const base64url = (text: string) => Buffer.from(text).toString('base64url')
export const jwt = `${base64url('{"alg":"RS256","typ":"JWT"}')}.${base64url(`{"sub":"${canary}"}`)}.${base64url(canary.repeat(4))}`
export const opaque = [1, 2, 3].map((part) => `${part}${canary.replace('-', '')}`.repeat(3)).join('.')
/** What must never appear, in the clear or as it was encoded. */
const planted = [canary, 'canary7f3a', ...jwt.split('.'), jwt.slice(0, 12), opaque]

export interface Parts {
  purpose?: Purpose
  from?: 'bot' | 'graph'
  url?: string
  method?: string
  headers?: Record<string, string>
  body?: string | null
  status?: number
  answerHeaders?: Record<string, string>
  answer?: string | null
  failure?: string
}

export function rendered(parts: Parts) {
  const { purpose = 'create', from = 'bot', url = 'https://graph.microsoft.com/beta/app/calls', method = 'POST' } = parts
  const request = { method, url, headers: parts.headers ?? {}, body: parts.body ?? null }
  const response =
    parts.failure === undefined
      ? { status: parts.status ?? 201, headers: parts.answerHeaders ?? {}, body: parts.answer ?? null }
      : { failure: parts.failure }
  return renderExchange({ purpose, from, request, response } satisfies Exchange)
}

export function assertNothingPlanted(text: string) {
  for (const secret of planted) assert.ok(!text.includes(secret), `shows ${secret} in:\n${text}`)
}

/** The JSON that a transcript shows of a request. */
export const shownBody = (text: string) => JSON.parse(text.slice(text.indexOf('\n\n'), text.indexOf('\n\n←')))
export const shownOf = (body: unknown) => shownBody(rendered({ body: JSON.stringify(body) }).text)
