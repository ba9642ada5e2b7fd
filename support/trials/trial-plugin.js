// A plugin of Cucumber: runs exactly the scenarios that the option `trials` lists, in that order, each tagged with its deviation.
// Plain JavaScript, because Cucumber loads plugins with import(), which reads no TypeScript.

/**
 * The id stays, because Cucumber has announced the scenario under it; each repetition becomes a test case of its own.
 * @param {{ place: string, tag: string }} run the scenario as FILE:LINE, and a tag that is added to it
 */
const tagged = (pickles) => (run) => {
  const found = pickles.find(({ pickle }) => `${pickle.uri}:${pickle.location?.line}` === run.place)
  if (found === undefined) throw new Error(`no scenario stands at ${run.place}`)
  const { pickle } = found
  const tags = [...pickle.tags, { name: run.tag, astNodeId: pickle.astNodeIds[0] }]
  return { ...found, pickle: { ...pickle, tags } }
}

module.exports = {
  type: 'plugin',
  optionsKey: 'trials',
  coordinator: ({ transform, options }) => {
    transform('pickles:order', (pickles) => options.map(tagged(pickles)))
  },
}
