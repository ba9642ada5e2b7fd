// JSON values as types, and what is asked of them everywhere.

export type JsonPrimitive = string | number | boolean | null
export type Json = JsonPrimitive | JsonObject | readonly Json[]
export interface JsonObject {
  readonly [member: string]: Json
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Copies an object without some of its members. */
export function without(value: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

/** Whether two JSON values are equal; the order of an object's members does not matter, that of an array's entries does. */
export function sameJson(left: Json, right: Json): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((entry, at) => sameJson(entry, right[at] as Json))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name] as Json, right[name] as Json))
  )
}
