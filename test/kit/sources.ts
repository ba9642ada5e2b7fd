// The source as architecture sees it: every file of steps and support, what it imports, and its text without comments.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { PROJECT_ROOT } from '../../support/contract/fixture'

export interface Source {
  /** From the root of the project, with forward slashes. */
  readonly file: string
  readonly text: string
  readonly tree: ts.SourceFile
}

export const SOURCES = ['steps', 'support'].flatMap((folder) =>
  readdirSync(path.join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => read(path.join(folder, name))),
)

function read(name: string): Source {
  const file = name.split(path.sep).join('/')
  const text = readFileSync(path.join(PROJECT_ROOT, name), 'utf8')
  return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) }
}

/** What a file names in an import, an export from, an import() of a module or a type, or a require(). */
export function modulesOf(tree: ts.Node): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const named = moduleNamedBy(node)
    if (named !== undefined) found.push(ts.isStringLiteralLike(named) ? named.text : '(computed)')
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function moduleNamedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument
  if (ts.isExternalModuleReference(node)) return node.expression
  if (!ts.isCallExpression(node)) return undefined
  const calls = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'
  return calls ? node.arguments[0] : undefined
}

/** Lines that match, as FILE:LINE, so that a failure leads there. */
export function places(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  )
}

export const inside = (folder: string) => {
  const sources = SOURCES.filter(({ file }) => file.startsWith(`${folder}/`))
  assert.ok(sources.length > 0, `nothing lies in ${folder}`)
  return sources
}

/** The text of a file without its comments, line by line as it was. */
export function withoutComments(tree: ts.SourceFile): string {
  const text = tree.getFullText()
  const ranges: ts.CommentRange[] = []
  const visit = (node: ts.Node): void => {
    ranges.push(
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    )
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return ranges.reduce(
    (rest, { pos, end }) => rest.slice(0, pos) + rest.slice(pos, end).replace(/[^\n]/g, ' ') + rest.slice(end),
    text,
  )
}
