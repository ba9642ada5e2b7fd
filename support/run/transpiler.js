// The transpiler that ts-node uses: TypeScript's own, remembering in node_modules/.cache what it has made of which text. A run
// transpiles about seventy files; from the second run on none, which is most of its start.
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { extname, join } = require('node:path')
const ts = require('typescript')

const FOLDER = join(__dirname, '../../node_modules/.cache/graph-calls-conformance/transpiled')

/** @type {import('ts-node').TranspilerFactory} */
exports.create = ({ service }) => {
  const compilerOptions = {
    ...service.config.options,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: undefined,
    sourceMap: true,
    inlineSourceMap: false,
    inlineSources: true,
  }
  const settings = JSON.stringify([ts.version, compilerOptions])

  return {
    transpile(input, { fileName }) {
      const key = createHash('sha256').update(settings).update(extname(fileName)).update(input).digest('hex')
      return remembered(key) ?? remember(key, ts.transpileModule(input, { fileName, compilerOptions }))
    },
  }
}

function remembered(key) {
  try {
    return JSON.parse(readFileSync(join(FOLDER, key), 'utf8'))
  } catch {
    return undefined
  }
}

/** Written beside and renamed, so that processes that start at once each read a whole file. Where it cannot be kept, nothing is lost but time. */
function remember(key, { outputText, sourceMapText }) {
  const made = { outputText, sourceMapText }
  try {
    mkdirSync(FOLDER, { recursive: true })
    const draft = join(FOLDER, `${key}.${process.pid}`)
    writeFileSync(draft, JSON.stringify(made))
    renameSync(draft, join(FOLDER, key))
  } catch {}
  return made
}
