// Wrappings of what an application is taken to be granted.

import type { JsonObject } from '../../contract/json'
import { type FormName, formOf, PERMISSIONS, type PermissionName, permissionOf } from '../../simulator/core/forms'
import type { Wrap } from '../../simulator/wrapping'
import { answeringWith, objectAt, otherwise } from './breaks'
import { type Create, commanded } from './deciding'

/** Each permission by the name that can be granted (E-05). */
export const INITIATE: PermissionName = 'Calls.Initiate.All'

export const GROUP: PermissionName = 'Calls.InitiateGroupCall.All'

export const JOIN: PermissionName = 'Calls.JoinGroupCall.All'

export const GUEST: PermissionName = 'Calls.JoinGroupCallAsGuest.All'

type Granted = ReadonlySet<PermissionName | null>

/** A create, with what its caller is taken to be granted. */
export const granting = (rewrite: (granted: Granted, create: Create) => Iterable<PermissionName | null>): Wrap =>
  commanded((command) => {
    if (command.kind !== 'create') return command
    const granted = new Set(command.caller.permissions.map(permissionOf))
    const permissions = [...rewrite(granted, command)].filter((name) => name !== null)
    return { ...command, caller: { ...command.caller, permissions } }
  })

/** Whether a request is of one of these forms. */
export const isForm = (body: JsonObject, ...names: readonly FormName[]) => names.some((name) => formOf(body)?.name === name)

/** Whether a request is one with media of the application. */
export const appHosted = (body: JsonObject) =>
  objectAt(body, 'mediaConfig')['@odata.type'] === '#microsoft.graph.appHostedMediaConfig'

/** For calls of a form another permission does as well. */
export const instead = (form: FormName, another: PermissionName, own: PermissionName) =>
  granting((granted, { body }) => (isForm(body, form) && granted.has(another) ? [...granted, own] : granted))

/** Calls of a form need another permission besides. */
export const besides = (form: FormName, another: PermissionName) =>
  granting((granted, { body }) => (isForm(body, form) && !granted.has(another) ? [] : granted))

/** Calls of a form need no permission. */
export const free = (picks: (body: JsonObject) => boolean) =>
  granting((granted, { body }) => (picks(body) ? PERMISSIONS : granted))

/** A create by a caller who may do everything. */
export const entitled = (create: Create): Create => ({
  ...create,
  caller: { ...create.caller, permissions: PERMISSIONS, registered: true },
})

/** The 403 with one code otherwise. */
export const forbidden = (of: string, to: { readonly status?: number; readonly code?: string }) =>
  answeringWith(403, async (response) => {
    const { error } = (await response.clone().json()) as { error: { code: string } }
    return error.code === of
      ? otherwise(response, { ...to, body: JSON.stringify({ error: { ...error, code: to.code ?? of } }) })
      : response
  })

/** Said where a create came through that must be refused. */
export const REFUSED = /Graph answered 201; expected: refused with 403/

/** Said where a create was refused that must come through. */
export const GRANTED = /status 403; documented: 201/
