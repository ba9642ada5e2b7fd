// The list of what the simulator assumes is whole: every table with a basis is in it, and every comment that speaks of an assumption.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'mocha'
import ts from 'typescript'
import { inside, type Source } from '../../test/kit/sources'
import { PROJECT_ROOT } from '../contract/fixture'
import { ASSUMPTIONS, IN_CODE, TABLES } from './assumptions'

const SIMULATOR = 'support/simulator'

/** Where the tables stand whose rows say what they rest on. */
const TABLE_FILES = /^support\/simulator\/(core\/|http\/(revisions|observed)\.ts$|faults\/([a-z]+-faults|forged-tokens)\.ts$)/

const isRow = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'basis') && Object.hasOwn(value, 'source')

/** What a module exports that has rows with a basis, by FILE NAME. */
function tablesOf(file: string, exported: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(exported).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && Object.values(value).some(isRow) ? [[`${file} ${name}`, value] as const] : [],
  )
}

/** Statements at the level of a module that write a basis and are neither an exported table of these folders nor a function that makes rows. */
function unseenRows({ file, tree }: Source): readonly string[] {
  return tree.statements.flatMap((statement) => {
    if (ts.isInterfaceDeclaration(statement) || ts.isFunctionDeclaration(statement) || !writesBasis(statement)) return []
    const variable = ts.isVariableStatement(statement) ? statement : undefined
    const exported = variable?.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
    const makes = variable?.declarationList.declarations.every(
      ({ initializer }) => initializer && ts.isArrowFunction(initializer),
    )
    return makes || (exported && TABLE_FILES.test(file)) ? [] : [`${file}: ${statement.getText().slice(0, 40)}`]
  })
}

function writesBasis(node: ts.Node): boolean {
  const own = (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) && node.name.getText() === 'basis'
  return own || ts.forEachChild(node, (child) => writesBasis(child) || undefined) === true
}

/** Files with a line of comment that speaks of an assumption, once for each line. */
function spokenOf({ file, text }: Source): readonly string[] {
  const comments = text.match(/^\s*(\*|\/\*\*|\/\/).*\bassumption\b.*/gm) ?? []
  return comments.map(() => file.slice(`${SIMULATOR}/`.length))
}

/** Those that say what the words mean, and the list itself. */
const ABOUT = ['core/provenance.ts', 'assumptions.ts'].map((name) => `${SIMULATOR}/${name}`)
const SOURCES = inside(SIMULATOR).filter(({ file }) => !ABOUT.includes(file))

describe('the list of assumptions has', () => {
  test('every table with a basis', () => {
    const found = inside(SIMULATOR)
      .filter(({ file }) => TABLE_FILES.test(file))
      .flatMap(({ file }) => tablesOf(file, require(join(PROJECT_ROOT, file))))
    const tables = new Set<unknown>(TABLES.map(({ table }) => table))
    assert.deepEqual(
      found.filter(([, table]) => !tables.has(table)).map(([place]) => place),
      [],
    )
    assert.equal(new Set(found.map(([, table]) => table)).size, tables.size)
  })

  test('every row with a basis: none stands outside of such a table', () => {
    assert.deepEqual(SOURCES.flatMap(unseenRows), [])
  })

  test('every comment that speaks of one', () => {
    assert.deepEqual(IN_CODE.map(({ file }) => file).sort(), SOURCES.flatMap(spokenOf).sort())
  })

  test('each once, with what it rests on', () => {
    const whats = ASSUMPTIONS.map(({ what }) => what)
    assert.deepEqual(
      whats.filter((what, at) => whats.indexOf(what) !== at),
      [],
    )
    assert.deepEqual(
      ASSUMPTIONS.filter(({ source }) => source.trim() === ''),
      [],
    )
    assert.ok(ASSUMPTIONS.length > IN_CODE.length + 20, `${ASSUMPTIONS.length}`)
  })
})

describe('it is noticed', () => {
  const rows = { a: { basis: 'assumption', source: 'ours' } }
  const parsed = (text: string, file = `${SIMULATOR}/core/new.ts`): Source => ({
    file,
    text,
    tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true),
  })

  test('that a module exports a table', () => {
    assert.deepEqual(tablesOf('new.ts', { LIST: [rows.a], RECORD: rows, ONE: 1, make: () => rows.a }), [
      ['new.ts LIST', [rows.a]],
      ['new.ts RECORD', rows],
    ])
  })

  test('that rows are kept from the list, or stand outside of the core', () => {
    const row = "{ basis: 'assumption', source: 'ours' }"
    assert.equal(unseenRows(parsed(`const HIDDEN = [${row}]`)).length, 1)
    assert.equal(unseenRows(parsed(`export const SHOWN = [${row}]`)).length, 0)
    assert.equal(unseenRows(parsed(`export const SHOWN = [${row}]`, `${SIMULATOR}/http/new.ts`)).length, 1)
    assert.equal(unseenRows(parsed("const row = (basis: string) => ({ basis, source: 'ours' })")).length, 0)
  })

  test('that a comment speaks of an assumption', () => {
    assert.deepEqual(spokenOf(parsed('/** Ten (assumption). */\nconst TEN = 10 // no row')), ['core/new.ts'])
  })
})
