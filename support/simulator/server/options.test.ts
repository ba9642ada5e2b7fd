// The options of the standalone simulator: the value of each, and an error for each invalid one that names it and gives the remedy.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { UsageError } from '../../contract/command-line'
import { readServeOptions } from './options'

describe('options', () => {
  test('of a start without any', () => {
    assert.deepEqual(
      readServeOptions([], () => {}),
      {
        port: 5050,
        controlPort: 5051,
        host: '127.0.0.1',
        tls: false,
        removeCa: false,
        seedFile: undefined,
        profile: 'documented',
        people: 'auto',
        time: { speed: 1 },
        allowedHosts: [],
        json: false,
        writeEnv: null,
        verbose: false,
      },
    )
  })

  test('are read as they are written', () => {
    const given = ['--port', '0', '--control-port', '0', '--host', '[::1]', '--tls', '--seed', 'my.yaml', '--people', 'manual']
    const others = ['--speed', '2.5', '--allow-callback', 'Bot.Test', '--allow-callback', '10.0.0.1', '--json', '--verbose']
    assert.deepEqual(
      readServeOptions([...given, ...others, '--profile', 'observed'], () => {}),
      {
        port: 0,
        controlPort: 0,
        host: '::1',
        tls: true,
        removeCa: false,
        seedFile: 'my.yaml',
        profile: 'observed',
        people: 'manual',
        time: { speed: 2.5 },
        allowedHosts: ['bot.test', '10.0.0.1'],
        json: true,
        writeEnv: null,
        verbose: true,
      },
    )
    assert.equal(readServeOptions(['--speed', 'manual'], () => {})?.time, 'virtual')
    assert.equal(readServeOptions(['--remove-ca'], () => {})?.removeCa, true)
    assert.deepEqual(readServeOptions(['--allow-callback', 'fd00::1'], () => {})?.allowedHosts, ['[fd00::1]'])
  })

  test('of settings to write imply TLS and people who wait, unless they are to act', () => {
    const read = (...others: string[]) => readServeOptions(['--write-env', 'x.env', ...others], () => {})
    const { writeEnv, tls, people } = read() ?? {}
    assert.deepEqual([writeEnv, tls, people], ['x.env', true, 'manual'])
    assert.equal(read('--people', 'auto')?.people, 'auto')
  })

  const REFUSED: readonly [says: RegExp, ...options: string[]][] = [
    [/^Unknown option '--prot'.*See "npm run simulator -- --help"\.$/, '--prot', '1'],
    [/^Too many arguments.*See "npm run simulator -- --help"\.$/, 'five'],
    [/^Option '--port <number>' argument missing\. See ".* --help"\.$/, '--port'],
    [/^--port "70000" is no port: write a number from 1 to 65535/, '--port', '70000'],
    [/^--port "-1" is no port/, '--port=-1'],
    [/^--control-port "x" is no port/, '--control-port', 'x'],
    [/^--port and --control-port are both 4000: write two different/, '--port', '4000', '--control-port', '4000'],
    [/^--host "a b" is no address: write/, '--host', 'a b'],
    [/^--host "http:\/\/localhost" is no address: write/, '--host', 'http://localhost'],
    [/^--speed "0" cannot be used: write a number from 0\.01 to 10000/, '--speed', '0'],
    [/^--speed "fast" cannot be used/, '--speed', 'fast'],
    [/^--speed "" cannot be used/, '--speed', ''],
    [/^--speed "Infinity" cannot be used/, '--speed', 'Infinity'],
    [/^--people "sleepy" is unknown: allowed choices are auto, manual\.$/, '--people', 'sleepy'],
    [/^--profile "newest" is unknown: allowed choices are documented, observed\.$/, '--profile', 'newest'],
    [/^--write-env "" names no file: write where/, '--write-env', ''],
    [/^--write-env goes with time that passes: leave --speed manual out/, '--write-env', 'x.env', '--speed', 'manual'],
    [/^--allow-callback "https:\/\/bot\.test" is no host: write the name alone/, '--allow-callback', 'https://bot.test'],
    [/^--allow-callback "bot\.test:443" is no host/, '--allow-callback', 'bot.test:443'],
    [/^--allow-callback "" is no host/, '--allow-callback', ''],
  ]
  for (const [says, ...options] of REFUSED) {
    test(`refused: ${options.join(' ')}`, () => {
      assert.throws(
        () => readServeOptions(options, () => {}),
        (error: Error) => error instanceof UsageError && says.test(error.message) && !error.message.includes('\n'),
      )
    })
  }
})
