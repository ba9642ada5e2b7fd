// The rooms of the source and the doors between them: imports run one way, the judge and the judged share no rule, the core does no I/O.
import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'mocha'
import ts from 'typescript'
import { inside, modulesOf, places, SOURCES, type Source, withoutComments } from './architecture-sources'

const ROOMS = ['steps', 'run', 'scenario', 'bot', 'judge', 'targets', 'report', 'simulator', 'contract'] as const
type Room = (typeof ROOMS)[number]

function roomOf(file: string): Room {
  const [first, second] = file.split('/')
  const room = first === 'steps' ? first : second
  return ROOMS.find((one) => one === room) ?? assert.fail(`${file} lies in no room`)
}

/** Which rooms a room may import from, besides itself. */
const DOORS: Readonly<Record<Room, readonly Room[]>> = {
  steps: ['scenario', 'judge', 'contract'],
  run: ['scenario', 'bot', 'judge', 'targets', 'report', 'contract'],
  scenario: ['bot', 'judge', 'targets', 'report', 'contract'],
  bot: ['contract'],
  judge: ['contract'],
  targets: ['bot', 'contract'],
  report: ['contract'],
  simulator: ['contract'],
  contract: [],
}

/** Doors for single files, each with its reason. */
const SINGLE_DOORS: readonly {
  readonly from: string
  readonly to: string
  readonly typesOnly: boolean
  readonly reason: string
}[] = [
  {
    from: 'support/targets/simulator.ts',
    to: 'support/simulator/',
    typesOnly: false,
    reason: 'the target that plays Graph mounts the simulator',
  },
  {
    from: 'support/targets/deviations.ts',
    to: 'support/simulator/deviations/',
    typesOnly: false,
    reason: 'tells what a simulator can be armed with',
  },
  {
    from: 'support/targets/directory.ts',
    to: 'support/simulator/',
    typesOnly: false,
    reason: 'tells a cast as the world of the simulator',
  },
]

interface Edge {
  readonly from: string
  readonly to: string
}

function edgesOf({ file, tree }: Source): Edge[] {
  return modulesOf(tree)
    .filter((name) => name.startsWith('.'))
    .map((name) => ({ from: file, to: path.posix.join(path.posix.dirname(file), name) }))
}

const EDGES = SOURCES.flatMap(edgesOf)

function sourceAt(file: string): Source {
  return SOURCES.find((source) => source.file === file) ?? assert.fail(`there is no ${file}`)
}

describe('imports', () => {
  test('are seen in every form', () => {
    const forms = `import a from '1'; import '2'; export * from '3'; import type { b } from '4'; type C = import('5').C
      const d = require('6'); import('7'); import e = require('8'); const f = require(name); type G = typeof import('9')`
    const tree = ts.createSourceFile('forms.ts', forms, ts.ScriptTarget.Latest, true)
    assert.deepEqual(modulesOf(tree), ['1', '2', '3', '4', '5', '6', '7', '8', '(computed)', '9'])
    assert.ok(SOURCES.length > 60 && EDGES.length > 150, `${SOURCES.length} files, ${EDGES.length} imports`)
  })

  test('lead to files that are there, and none is computed', () => {
    const files = new Set(SOURCES.map(({ file }) => file))
    assert.deepEqual(
      EDGES.filter(({ to }) => !files.has(`${to}.ts`)),
      [],
    )
    assert.deepEqual(
      SOURCES.filter(({ tree }) => modulesOf(tree).includes('(computed)')).map(({ file }) => file),
      [],
    )
  })

  test('run one way between the rooms', () => {
    const wrong = EDGES.filter(({ from, to }) => {
      const [here, there] = [roomOf(from), roomOf(to)]
      const single = SINGLE_DOORS.some((door) => door.from === from && to.startsWith(door.to))
      return here !== there && !DOORS[here].includes(there) && !single
    })
    assert.deepEqual(wrong, [])
  })

  test('of the simulator are made by three files of the targets, and by nothing else', () => {
    const importers = new Set(
      EDGES.filter(({ from, to }) => roomOf(to) === 'simulator' && roomOf(from) !== 'simulator').map(({ from }) => from),
    )
    assert.deepEqual([...importers].sort(), [
      'support/targets/deviations.ts',
      'support/targets/directory.ts',
      'support/targets/simulator.ts',
    ])
  })

  test('by single doors are all still needed, and of types where the door says so', () => {
    for (const { from, to, typesOnly } of SINGLE_DOORS) {
      const { tree } = sourceAt(from)
      const through = tree.statements.filter(
        (one): one is ts.ImportDeclaration =>
          ts.isImportDeclaration(one) &&
          path.posix.join(path.posix.dirname(from), (one.moduleSpecifier as ts.StringLiteral).text).startsWith(to),
      )
      assert.ok(through.length > 0, `${from} needs no door to ${to}`)
      if (typesOnly)
        assert.deepEqual(
          through.filter((one) => one.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword),
          [],
          from,
        )
    }
  })

  test('make no circle between files', () => {
    const next = new Map(SOURCES.map(({ file }) => [file, EDGES.filter(({ from }) => from === file).map(({ to }) => `${to}.ts`)]))
    const done = new Set<string>()
    const circleFrom = (file: string, trail: readonly string[]): readonly string[] | undefined => {
      if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
      if (done.has(file)) return undefined
      const circle = (next.get(file) ?? []).map((to) => circleFrom(to, [...trail, file])).find((one) => one !== undefined)
      done.add(file)
      return circle
    }
    assert.deepEqual(
      [...next.keys()].flatMap((file) => circleFrom(file, []) ?? []),
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
    const growing = /^(?:export )?const \w+.*=\s*(?:new (?:Map|Set|WeakMap|WeakSet|Array)\b[^(]*\(\)|\[\]|\{\})/
    // nock itself is one per process: which hosts are taken is a fact of the process, and of this mount alone.
    const ofTheProcess = (place: string) =>
      place.startsWith('support/simulator/mounts/nock.ts:') && place.includes('const taken =')
    assert.deepEqual(
      places(inside('support/simulator'), growing).filter((place) => !ofTheProcess(place)),
      [],
    )
  })
})

describe('every file', () => {
  const LONGEST = 400

  test(`has at most ${LONGEST} lines`, () => {
    const long = SOURCES.map(({ file, text }) => `${file}: ${text.trimEnd().split('\n').length}`).filter(
      (one) => Number(one.split(': ')[1]) > LONGEST,
    )
    assert.deepEqual(long, [])
  })

  test('says in its first line what it is for', () => {
    assert.deepEqual(
      SOURCES.filter(({ text }) => !/^\/\/ \S+ \S+ \S+/.test(text)).map(({ file }) => file),
      [],
    )
  })

  test('leaves nothing for later and silences nobody', () => {
    assert.deepEqual(
      places(SOURCES, /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/),
      [],
    )
  })

  test('limits time in one way: signals of AbortSignal.any and timeout can be collected, and then never fire', () => {
    assert.deepEqual(places(SOURCES.map(code), /AbortSignal\.(any|timeout)\(/), [])
  })

  test('has no words that say nothing', () => {
    const empty = /\b\w*(Manager|Helper|Utils?)s?\b|(?<!node:)\b(manager|helper|utils?)s?\b/
    assert.deepEqual(
      [...places(SOURCES.map(code), empty), ...SOURCES.map(({ file }) => file).filter((file) => empty.test(file))],
      [],
    )
  })
})
