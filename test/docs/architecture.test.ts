// The layers of the source: imports run one way, the judge and the judged share no rule, the core does no I/O.
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'mocha'
import ts from 'typescript'
import { inside, modulesOf, places, SOURCES, type Source, withoutComments } from '../kit/sources'

/** Which layers a layer may import from, apart from itself, from the top layer down. */
const IMPORTS = {
  cli: ['trials', 'suite', 'targets', 'mutation', 'bot', 'results', 'net', 'contract'],
  trials: ['suite', 'mutation', 'results', 'contract'],
  steps: ['suite', 'contract'],
  suite: ['targets', 'judge', 'bot', 'results', 'net', 'contract'],
  targets: ['mutation', 'bot', 'net', 'contract'],
  mutation: ['simulator', 'contract'],
  simulator: ['net', 'contract'],
  judge: ['contract'],
  bot: ['net', 'contract'],
  results: ['contract'],
  net: ['contract'],
  contract: [],
} as const satisfies Readonly<Record<string, readonly string[]>>
type Layer = keyof typeof IMPORTS

function layerOf(file: string): Layer {
  const [first, second] = file.split('/')
  const layer = first === 'steps' ? first : second
  const found = Object.keys(IMPORTS).find((one) => one === layer || `${one}.ts` === layer)
  return (found as Layer | undefined) ?? assert.fail(`${file} lies in no layer`)
}

const mayImport = (from: Layer, to: Layer) => from === to || (IMPORTS[from] as readonly Layer[]).includes(to)

/** Imports that single files may have, each with its reason. */
const EXCEPTIONS: readonly {
  readonly from: string
  readonly to: string
  readonly reason: string
}[] = [
  {
    from: 'support/targets/simulator/target.ts',
    to: 'support/simulator/',
    reason: 'the target that plays Graph mounts the simulator',
  },
]

interface Edge {
  readonly from: string
  readonly to: string
}

const FILES = new Set(SOURCES.map(({ file }) => file))

function edgesOf({ file, tree }: Source): Edge[] {
  return modulesOf(tree)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.posix.join(path.posix.dirname(file), name))
    .map((to) => ({ from: file, to: FILES.has(`${to}/index.ts`) ? `${to}/index` : to }))
}

const EDGES = SOURCES.flatMap(edgesOf)

describe('imports', () => {
  test('are seen in every form', () => {
    const forms = `import a from '1'; import '2'; export * from '3'; import type { b } from '4'; type C = import('5').C
      const d = require('6'); import('7'); import e = require('8'); const f = require(name); type G = typeof import('9')`
    const tree = ts.createSourceFile('forms.ts', forms, ts.ScriptTarget.Latest, true)
    assert.deepEqual(modulesOf(tree), ['1', '2', '3', '4', '5', '6', '7', '8', '(computed)', '9'])
    assert.ok(SOURCES.length > 60 && EDGES.length > 150, `${SOURCES.length} files, ${EDGES.length} imports`)
  })

  test('lead to files that are there, and none is computed', () => {
    assert.deepEqual(
      EDGES.filter(({ to }) => !FILES.has(`${to}.ts`)),
      [],
    )
    assert.deepEqual(
      SOURCES.filter(({ tree }) => modulesOf(tree).includes('(computed)')).map(({ file }) => file),
      [],
    )
  })

  test('run one way between the layers', () => {
    const wrong = EDGES.filter(({ from, to }) => {
      const [here, there] = [layerOf(from), layerOf(to)]
      const excepted = EXCEPTIONS.some((one) => one.from === from && to.startsWith(one.to))
      return !mayImport(here, there) && !excepted
    })
    assert.deepEqual(wrong, [])
  })

  test('keep simulator and suite apart: the simulator reads no documented message, and nothing of the suite reads its tables', () => {
    const documented = 'support/contract/documented'
    assert.ok(EDGES.some(({ to }) => to === documented))
    assert.deepEqual(
      EDGES.filter(({ from, to }) => to === documented && layerOf(from) === 'simulator'),
      [],
    )
    assert.deepEqual(places(inside('support/simulator'), /examples\.yaml|fixtures\/(?!world\.yaml)/), [])
    for (const room of ['steps', 'suite', 'judge', 'bot'] as const) assert.ok(!mayImport(room, 'simulator'), room)
  })

  test('never lead to a test or to test/', () => {
    assert.deepEqual(
      EDGES.filter(({ to }) => to.endsWith('.test') || to.startsWith('test/')),
      [],
    )
  })

  test('that are exceptions are all still needed', () => {
    assert.deepEqual(
      EXCEPTIONS.filter((one) => !EDGES.some(({ from, to }) => from === one.from && to.startsWith(one.to))),
      [],
    )
  })

  test('make no cycle between files', () => {
    const next = new Map(SOURCES.map(({ file }) => [file, EDGES.filter(({ from }) => from === file).map(({ to }) => `${to}.ts`)]))
    const done = new Set<string>()
    const cycleFrom = (file: string, trail: readonly string[]): readonly string[] | undefined => {
      if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
      if (done.has(file)) return undefined
      const cycle = (next.get(file) ?? []).map((to) => cycleFrom(to, [...trail, file])).find((one) => one !== undefined)
      done.add(file)
      return cycle
    }
    assert.deepEqual(
      [...next.keys()].flatMap((file) => cycleFrom(file, []) ?? []),
      [],
    )
  })
})

const code = (source: Source): Source => ({ ...source, text: withoutComments(source.tree) })

/** Shapes, and collections that never change: values in, values out. */
const PURE_PACKAGES = ['zod', 'immutable']

describe('what is pure', () => {
  const IMPURE =
    /\bnode:|\bDate\b|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\basync\b|\bawait\b|\bPromise\b|\bfetch\s*\(|\bprocess\.|\bcrypto\b|\bperformance\b|\bconsole\b/
  test('the core of the simulator and the judge: no I/O, no clock, no chance, nothing asynchronous', () => {
    for (const folder of ['support/simulator/core', 'support/judge'])
      assert.deepEqual(places(inside(folder).map(code), IMPURE), [])
  })

  test('they import pure packages only, and the core nothing of the rest of the simulator', () => {
    for (const folder of ['support/simulator/core', 'support/judge']) {
      for (const { file, tree } of inside(folder))
        assert.deepEqual(
          modulesOf(tree).filter((name) => !name.startsWith('.') && !PURE_PACKAGES.includes(name)),
          [],
          file,
        )
      const elsewhere = inside(folder)
        .flatMap(edgesOf)
        .filter(({ to }) => !to.startsWith(`${folder}/`) && !to.startsWith('support/contract/'))
      assert.deepEqual(elsewhere, [])
    }
  })

  test('the simulator keeps nothing at the level of a module', () => {
    const kept = inside('support/simulator').flatMap(({ file, tree }) =>
      tree.statements.flatMap((one) =>
        ts.isVariableStatement(one) && !(one.declarationList.flags & ts.NodeFlags.Const) ? [`${file}: ${one.getText()}`] : [],
      ),
    )
    assert.deepEqual(kept, [])
    // What a WeakMap notes of a request ends with the request.
    const growing = /^(?:export )?const \w+.*=\s*(?:new (?:Map|Set|Array)\b[^(]*\(\)|\[\]|\{\})/
    // nock itself is one per process: which hosts are taken is a fact of the process, and of this mount alone.
    const ofTheProcess = (place: string) =>
      place.startsWith('support/simulator/mounts/nock.ts:') && place.includes('const taken =')
    assert.deepEqual(
      places(inside('support/simulator'), growing).filter((place) => !ofTheProcess(place)),
      [],
    )
  })
})

/** Calls that run while a module loads. */
function callsWhileLoading(tree: ts.SourceFile): readonly string[] {
  const calls = (node: ts.Node): readonly string[] => {
    if (ts.isFunctionLike(node)) return []
    const within: string[] = []
    ts.forEachChild(node, (child) => void within.push(...calls(child)))
    return ts.isCallExpression(node) ? [node.expression.getText(tree), ...within] : within
  }
  return calls(tree)
}

describe('fixtures', () => {
  const READS =
    /^(load(?!Nock)[A-Z]\w*|read(Fixture|Unchecked|Text|FileSync|World)|documented(In|Operations)|exampleRequirements|revisions|revisionOf|defaultRevision|callsPaths|libraryOf|castOf)$/
  /** Its failure is reported by Cucumber, which loads the steps. */
  const OF_STEPS = 'support/suite/vocabulary/phrases.ts'

  test('are read when first asked for, never while a module loads: a command reports what is wrong with them', () => {
    const early = SOURCES.filter(({ file }) => file !== OF_STEPS).flatMap(({ file, tree }) =>
      callsWhileLoading(tree).flatMap((name) => (READS.test(name) ? [`${file}: ${name}`] : [])),
    )
    assert.deepEqual(early, [])
  })
})

describe('every file', () => {
  test('says in its first line what it is for', () => {
    assert.deepEqual(
      SOURCES.filter(({ text }) => !/^\/\/ \S+ \S+ \S+/.test(text)).map(({ file }) => file),
      [],
    )
  })

  test('has no open task and silences no check', () => {
    assert.deepEqual(
      places(SOURCES, /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/),
      [],
    )
  })

  test('limits time in one way: signals of AbortSignal.any and timeout can be collected, and then never fire', () => {
    assert.deepEqual(places(SOURCES.map(code), /AbortSignal\.(any|timeout)\(/), [])
  })

  test('has no empty words in its names', () => {
    const empty = /\b\w*(Manager|Helper|Utils?)s?\b|(?<!node:|node-server\/)\b(manager|helper|utils?)s?\b/
    assert.deepEqual(
      [...places(SOURCES.map(code), empty), ...SOURCES.map(({ file }) => file).filter((file) => empty.test(file))],
      [],
    )
  })
})
