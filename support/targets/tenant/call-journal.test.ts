// The journal of calls: what is on the disk at every moment, what a later run reads of it, and that other owners' calls are left alone.
// Killed processes are in test/process/killed-run.test.ts.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { mock } from 'node:test'
import { afterEach, describe, test } from 'mocha'
import { scratch } from '../../../test/kit/loopback-https'
import { NEEDS_MODES, NEEDS_SLASHES, testUnless } from '../../../test/kit/unless'
import { HarnessError } from '../../contract/failures'
import { isOver, startOf } from '../../contract/processes'
import { callsFolder, leftovers, openCallJournal, settleLeftover } from './call-journal'

const OWNER = { baseUrl: 'https://graph.example', tenantId: 'the-tenant', clientId: 'the-client' }
const IDENTITY = { ...OWNER, run: 'the-run', callsPath: '/beta/app/calls' }
const NOTHING = { calls: [], unreadable: [] }

const files = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [])
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
const onlyFile = (folder: string) => {
  const [file, ...others] = files(folder)
  assert.ok(file !== undefined && others.length === 0)
  return file
}

describe('while its run lives', () => {
  afterEach(() => mock.restoreAll())

  testUnless(NEEDS_MODES, 'a call is written down before anything else, readable by its owner alone', () => {
    const folder = path.join(scratch(), 'state', 'calls')
    const journal = openCallJournal(IDENTITY, folder)
    assert.deepEqual(files(folder), [])
    const begun = Date.now()
    const requestId = journal.intend('/callbacks/x')
    const file = onlyFile(folder)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    const [{ at, ...line }] = linesOf(file)
    const process_ = { pid: process.pid, pidStart: startOf(process.pid) }
    assert.deepEqual(line, { ...IDENTITY, ...process_, callbackPath: '/callbacks/x', requestId })
    assert.ok(Date.parse(at) >= begun && Date.parse(at) <= Date.now())
    journal.learned(requestId, 'call-1')
    journal.settled(requestId, 'ended')
    assert.deepEqual(linesOf(file).slice(1), [
      { requestId, callId: 'call-1' },
      { requestId, settled: 'ended' },
    ])
    journal.close()
    assert.deepEqual(files(folder), [])
  })

  test('a call with another token is marked, and read as such by a later run; older lines without a mark are the owner’s', () => {
    const folder = scratch()
    const journal = openCallJournal(IDENTITY, folder)
    journal.intend('/1', 'other')
    journal.intend('/2')
    const file = onlyFile(folder)
    assert.deepEqual(
      linesOf(file).map(({ token }) => token),
      ['other', undefined],
    )
    journal.close()
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"pid":${process.pid}`, `"pid":${NO_PROCESS}`))
    assert.deepEqual(
      leftovers(OWNER, folder).calls.map(({ token }) => token),
      ['other', 'own'],
    )
  })

  test('a refused request whose call is named afterwards is open again', () => {
    const folder = scratch()
    const journal = openCallJournal(IDENTITY, folder)
    const request = journal.intend('/1')
    journal.settled(request, 'refused')
    journal.learned(request, 'call-1')
    journal.close()
    const file = onlyFile(folder)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`"pid":${process.pid}`, `"pid":${NO_PROCESS}`))
    assert.deepEqual(
      leftovers(OWNER, folder).calls.map(({ callId }) => callId),
      ['call-1'],
    )
  })

  test('it is left alone, and what is open stays on closing', () => {
    const folder = scratch()
    const journal = openCallJournal(IDENTITY, folder)
    const [first, second] = [journal.intend('/1'), journal.intend('/2')]
    assert.notEqual(first, second)
    journal.settled(first, 'refused', 403)
    assert.deepEqual(linesOf(onlyFile(folder)).at(-1), { requestId: first, settled: 'refused', status: 403 })
    assert.deepEqual(leftovers(OWNER, folder), NOTHING)
    journal.close()
    journal.close()
    assert.equal(files(folder).length, 1)
    assert.deepEqual(leftovers(OWNER, folder), NOTHING)
  })

  test('two journals of one process, and one without calls, do not mix', () => {
    const folder = scratch()
    const [one, other, idle] = [0, 1, 2].map(() => openCallJournal(IDENTITY, folder)) as ReturnType<typeof openCallJournal>[]
    const request = one?.intend('/1') ?? ''
    other?.intend('/2')
    assert.equal(files(folder).length, 2)
    one?.settled(request, 'ended')
    one?.close()
    idle?.close()
    assert.match(readFileSync(onlyFile(folder), 'utf8'), /"\/2"/)
  })

  test('where it cannot be written no call may be made, and the error says what to do', () => {
    const folder = path.join(scratch(), 'taken')
    writeFileSync(folder, '')
    assert.throws(
      () => openCallJournal(IDENTITY, folder).intend('/1'),
      (error: Error) => {
        assert.ok(error instanceof HarnessError)
        assert.match(error.message, /cannot be written \(E[A-Z]+\): no call is made .*XDG_STATE_HOME/)
        return true
      },
    )
  })

  test('on a full disk no call may be made, and ending goes on; what came through stays readable', () => {
    const folder = scratch()
    const journal = openCallJournal(IDENTITY, folder)
    const request = journal.intend('/1')
    const { writeSync } = fs
    const half = (descriptor: number, bytes: Buffer) => {
      writeSync(descriptor, bytes.subarray(0, 30))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    const full = mock.method(fs, 'writeSync', half as unknown as typeof writeSync)
    assert.throws(() => journal.intend('/2'), { name: 'HarnessError', message: /\(ENOSPC\)/ })
    journal.settled(request, 'ended')
    full.mock.restore()
    journal.learned(request, 'call-1')
    const complete = readFileSync(onlyFile(folder), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
    assert.deepEqual(
      complete.map((line) => JSON.parse(line).callId),
      [undefined, 'call-1'],
    )
  })

  test('a line is on the disk before the next thing happens', () => {
    const order: string[] = []
    const { writeSync, fdatasyncSync } = fs
    mock.method(fs, 'writeSync', ((descriptor: number, bytes: Buffer) => {
      order.push('written')
      return writeSync(descriptor, bytes)
    }) as typeof writeSync)
    mock.method(fs, 'fdatasyncSync', (descriptor: number) => {
      order.push('on the disk')
      fdatasyncSync(descriptor)
    })
    const journal = openCallJournal(IDENTITY, scratch())
    const request = journal.intend('/1')
    order.push('sent')
    journal.learned(request, 'call-1')
    assert.deepEqual(order, ['written', 'on the disk', 'sent', 'written', 'on the disk'])
  })

  testUnless(NEEDS_SLASHES, 'lies where XDG_STATE_HOME says, or in the home directory; a relative one does not count', () => {
    const below = 'graph-calls-conformance/calls'
    assert.equal(callsFolder({ XDG_STATE_HOME: '/state' }), `/state/${below}`)
    for (const environment of [{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'state' }])
      assert.equal(callsFolder(environment), path.join(homedir(), '.local/state', below))
  })
})

/** A number that no process has. */
const NO_PROCESS = 4_194_305

/** A journal as it was written, by a process that has ended, unless the name has another. */
function written(lines: readonly (object | string)[], name = `${NO_PROCESS}-x.ndjson`) {
  const folder = scratch()
  const text = lines.map((line) => (typeof line === 'string' ? line : `\n${JSON.stringify(line)}\n`)).join('')
  writeFileSync(path.join(folder, name), text)
  return folder
}
const INTENT = {
  ...IDENTITY,
  pid: NO_PROCESS,
  pidStart: 'then',
  callbackPath: '/c',
  requestId: 'r1',
  at: '2026-01-01T00:00:00.000Z',
}

describe('whose calls they are', () => {
  test('those of another tenant, app or Graph are left alone', () => {
    for (const otherwise of [{ tenantId: 'other' }, { clientId: 'other' }, { baseUrl: 'https://other.example' }]) {
      const folder = written([
        { ...INTENT, ...otherwise },
        { requestId: 'r1', settled: 'ended' },
      ])
      assert.deepEqual(leftovers(OWNER, folder), NOTHING)
      assert.equal(files(folder).length, 1, JSON.stringify(otherwise))
    }
  })

  test('a number that was given out again is another process; an unknown start is taken for the same', () => {
    const left = (pidStart: string | null, pid = process.pid) =>
      leftovers(OWNER, written([{ ...INTENT, pid, pidStart }], `${pid}-x.ndjson`)).calls.length
    assert.equal(left('another time'), 1)
    assert.equal(left(startOf(process.pid)), 0)
    assert.equal(left(null), 0)
    assert.equal(left(null, NO_PROCESS), 1)
  })

  testUnless(process.platform !== 'linux' && 'needs /proc', 'a process that is dead and not yet collected is over', async () => {
    // The shell is replaced by one that never collects its child.
    const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const pid = Number(await new Promise<string>((resolve) => parent.stdout?.once('data', (text) => resolve(String(text)))))
    const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
    while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal(isOver(pid, startOf(pid)), true)
    assert.equal(isOver(parent.pid as number, startOf(parent.pid as number)), false)
    parent.kill('SIGKILL')
  })

  test('a process of another user exists, and an impossible number does not count as ended', () => {
    assert.equal(isOver(1, null), false)
    for (const pid of [0, -1, -NO_PROCESS, Number.NaN, 1.5]) assert.equal(isOver(pid, null), false)
  })
})

describe('what a journal may hold', () => {
  const learned = { requestId: 'r1', callId: 'call-1' }
  const TORN: Readonly<Record<string, readonly [lines: readonly (object | string)[], left: readonly (string | null)[]]>> = {
    'a torn last line': [[INTENT, '\n{"requestId":"r1","callI'], [null]],
    'a torn line among others, of a full disk': [[INTENT, '\n{"requestId":"r', learned], ['call-1']],
    'a last line without its end': [[INTENT, `\n${JSON.stringify(learned)}`], ['call-1']],
    'a torn intent: nothing was sent': [['\n{"run":"the-r'], []],
    'nothing: nothing was sent': [[], []],
    'a call that has ended': [[INTENT, learned, { requestId: 'r1', settled: 'ended' }], []],
  }
  for (const [name, [lines, left]] of Object.entries(TORN)) {
    test(name, () => {
      const folder = written(lines)
      const { calls, unreadable } = leftovers(OWNER, folder)
      assert.deepEqual([calls.map(({ callId }) => callId), unreadable], [left, []])
      for (const call of calls) settleLeftover(call, 'ended')
      assert.deepEqual([leftovers(OWNER, folder), files(folder)], [NOTHING, []])
    })
  }

  test('unknown lines are reported and stay; the calls in the others are listed', () => {
    const folder = written([INTENT, 'hello\n', { something: 'else' }])
    const [{ callId } = assert.fail('nothing is left')] = leftovers(OWNER, folder).calls
    assert.equal(callId, null)
    for (const call of leftovers(OWNER, folder).calls) settleLeftover(call, 'reported')
    const file = onlyFile(folder)
    assert.deepEqual(leftovers(OWNER, folder), { calls: [], unreadable: [{ file, reason: '2 of its lines are unknown' }] })
    assert.ok(existsSync(file))
  })

  test('an unreadable journal is reported; other files are ignored; no folder means no calls', () => {
    const folder = scratch()
    mkdirSync(path.join(folder, `${NO_PROCESS}-x.ndjson`))
    writeFileSync(path.join(folder, 'notes.txt'), 'hello')
    const file = path.join(folder, `${NO_PROCESS}-x.ndjson`)
    assert.deepEqual(leftovers(OWNER, folder), { calls: [], unreadable: [{ file, reason: 'it cannot be read (EISDIR)' }] })
    assert.equal(files(folder).length, 2)
    assert.deepEqual(leftovers(OWNER, path.join(folder, 'missing')), NOTHING)
  })

  test('a call that another run settled meanwhile needs no note, and no journal comes back', () => {
    const folder = written([INTENT])
    const [call = assert.fail('nothing is left')] = leftovers(OWNER, folder).calls
    settleLeftover(call, 'ended')
    settleLeftover(call, 'ended')
    assert.deepEqual(files(folder), [])
  })

  test('of two calls the other stays', () => {
    const folder = written([INTENT, { ...INTENT, requestId: 'r2' }, learned, { requestId: 'r2', callId: 'call-2' }])
    const [first = assert.fail('nothing is left')] = leftovers(OWNER, folder).calls
    settleLeftover(first, 'ended')
    assert.deepEqual(
      leftovers(OWNER, folder).calls.map(({ callId }) => callId),
      ['call-2'],
    )
  })
})
