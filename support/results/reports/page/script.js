// The script of the reviewer's page: unpacks the evidence, draws it on demand, filters, searches, and opens what a link names.
// Everything from the record is set as text, never as markup.
;(() => {
  const SVG = 'http://www.w3.org/2000/svg'
  const SIGNS = { PASSED: '✓', FAILED: '✗', SKIPPED: '–' }
  const NUMBER = /\b(?:[A-Z]{2}-\d{2}[a-z]?|[ED]-\d{2})\b/g
  const NUMBER_OR_CODE = new RegExp(`${NUMBER.source}|\`([^\`]+)\``, 'g')
  const byId = (id) => document.getElementById(id)
  const rows = [...document.querySelectorAll('.feature > ol > li')].sort((one, other) => indexOf(one) - indexOf(other))
  const known = new Set()
  let evidence = null
  let library = null

  function indexOf(row) {
    return Number(row.id.slice(1))
  }

  function make(tag, attributes, ...children) {
    const [element, properties] = [document.createElement(tag), Object.entries(attributes ?? {})]
    for (const [name, value] of properties) element.setAttribute(name, value)
    element.append(...children.filter((child) => child !== null))
    return element
  }

  function draw(tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(...children)
    return element
  }

  /** A text in which numbers of rules, errata and drift are links, and what stands between backticks is code. */
  function linked(text) {
    const part = document.createDocumentFragment()
    let end = 0
    for (const match of text.matchAll(NUMBER_OR_CODE)) {
      const [found, code] = match
      if (code === undefined && !known.has(found)) continue
      const piece = code === undefined ? make('a', { href: `#${found}` }, found) : make('code', {}, code)
      part.append(text.slice(end, match.index), piece)
      end = match.index + match[0].length
    }
    part.append(text.slice(end))
    return part
  }

  /** The other half of packed.ts: texts that come again, and the value with the place of each in the stead of the text. */
  async function unpack(id) {
    const packed = Uint8Array.from(atob(byId(id).textContent), (character) => character.charCodeAt(0))
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))
    const [texts, value] = (await new Response(stream).text()).split('\n')
    const repeated = JSON.parse(texts)
    return JSON.parse(value, (_, one) =>
      typeof one === 'string' && one[0] === '\u0001' ? repeated[Number.parseInt(one.slice(1), 36)] : one,
    )
  }

  let unpacking = null
  function withEvidence() {
    unpacking ??= unpack('evidence-data').then((unpacked) => {
      evidence = unpacked
    })
    return unpacking
  }

  // Rules, errata, drift, and the sentences of the document.

  const outcomes = new Map([...document.querySelectorAll('.chip')].map((chip) => [chip.hash.slice(1), chip]))
  const BASES = {
    page: 'documented on the page',
    elsewhere: 'documented by Microsoft on another page',
    observed: 'observed in public traffic or issues, not documented',
    assumption: 'an assumption of this project, not documented',
  }

  function outcomeOf(id) {
    const chip = outcomes.get(id)
    const outcome = chip ? /o-([\w-]+)/.exec(chip.className)[1] : 'not-selected'
    return { sign: chip?.textContent.trim().split(' ')[0] ?? '', words: outcome.replaceAll('-', ' '), outcome }
  }

  function fact(name, content) {
    return make('p', {}, make('b', {}, `${name}: `), content)
  }

  function namedIn({ note, statement, cited }, kind) {
    return [...new Set([...(`${statement} ${note ?? ''}`.match(NUMBER) ?? []), ...cited])]
      .sort()
      .filter((number) => number.startsWith(kind))
  }

  function addRules() {
    const scenarios = new Map()
    for (const row of rows)
      for (const link of row.querySelectorAll(':scope > a')) {
        const id = link.hash.slice(1)
        scenarios.set(id, [...(scenarios.get(id) ?? []), row])
      }
    const details = library.rules.map((rule) => {
      const { sign, words, outcome } = outcomeOf(rule.id)
      const own = scenarios.get(rule.id) ?? []
      const body = make(
        'div',
        {},
        make('p', {}, linked(rule.statement)),
        fact('Basis', rule.basis.map((one) => BASES[one]).join('; ')),
        rule.note ? fact('Source', linked(rule.note)) : null,
        rule.reason ? fact('In this run', linked(rule.reason.split('\n')[0])) : null,
        ...['E', 'D'].flatMap((kind) => {
          const numbers = namedIn(rule, `${kind}-`)
          return numbers.length === 0 ? [] : [fact(kind === 'E' ? 'Errata' : 'Drift', linked(numbers.join(', ')))]
        }),
        make(
          'details',
          {},
          make('summary', {}, `${own.length} ${own.length === 1 ? 'scenario' : 'scenarios'}`),
          make('ul', {}, ...own.map((row) => make('li', {}, make('a', { href: `#${row.id}` }, nameOf(row))))),
        ),
        provenBy(rule),
      )
      const start = rule.statement.length > 70 ? `${rule.statement.slice(0, 70).trimEnd()}…` : rule.statement
      const title = `${sign} ${rule.id} · ${rule.level} · ${words}${rule.partial ? ', in part' : ''} · ${start}`
      return make('details', { id: rule.id, class: `o-${outcome}` }, make('summary', {}, title), body)
    })
    byId('rule-list').append(...details)
  }

  function provenBy({ deviations, generated: [caught, of] }) {
    if (!library.tried)
      return fact(
        'Deviations',
        'npm run deviations has not been run here, so nothing on this page shows that the suite detects a break of this rule.',
      )
    const detected = deviations.filter(([, , one]) => one).length
    const rows = deviations.map(([id, text, one]) => make('li', {}, `${one ? '✓' : '✗ not detected:'} ${id}: `, linked(text)))
    if (of > 0)
      rows.push(make('li', {}, `${caught === of ? '✓' : '✗'} ${caught} of ${of} wrong values of printed members detected`))
    return make(
      'details',
      {},
      make('summary', {}, `${detected} of ${deviations.length} deviations detected`),
      make('ul', {}, ...rows),
    )
  }

  function addDiscrepancies() {
    const errata = library.errata.map((one) =>
      make(
        'details',
        { id: one.id },
        make('summary', {}, `${one.id} · ${one.discrepancy.slice(0, 90)}${one.discrepancy.length > 90 ? '…' : ''}`),
        make(
          'div',
          {},
          make('p', {}, linked(one.discrepancy)),
          fact('Where', one.where),
          fact('Evidence', linked(one.evidence)),
          fact('Our ruling', linked(one.ruling)),
          fact('Held against', one.asserted === 'everywhere' ? 'every target' : 'the simulator only'),
        ),
      ),
    )
    const drift = library.drift.map((one) =>
      make(
        'details',
        { id: one.id },
        make('summary', {}, `${one.id} · ${one.what.slice(0, 90)}${one.what.length > 90 ? '…' : ''}`),
        make(
          'div',
          {},
          make('p', {}, linked(one.what)),
          fact('Shows as', linked(one.shows)),
          fact('Source', `${one.source} (${one.date})`),
          one.errata.length > 0 ? fact('Errata', linked(one.errata.join(', '))) : null,
        ),
      ),
    )
    byId('discrepancy-list').append(
      make('details', {}, make('summary', {}, `${drift.length} kinds of drift`), ...drift),
      make('details', {}, make('summary', {}, `${errata.length} errata`), ...errata),
    )
  }

  function addCoverage() {
    const sections = [...new Set(library.coverage.map(({ section }) => section))]
    const body = sections.map((section) =>
      make(
        'tbody',
        {},
        make('tr', {}, make('th', { colspan: 3, scope: 'colgroup' }, section)),
        ...library.coverage
          .filter((one) => one.section === section)
          .map(({ place, kind, says, rules, because }) =>
            make(
              'tr',
              { id: `place-${place}` },
              make('td', {}, place),
              make('td', {}, kind === 'example' ? make('b', {}, 'Example: ') : '', says),
              make(
                'td',
                {},
                ...(rules.length === 0
                  ? [because]
                  : rules.flatMap((id) => {
                      const { sign, outcome } = outcomeOf(id)
                      return [make('a', { class: `chip o-${outcome}`, href: `#${id}` }, `${sign} ${id}`), ' ']
                    })),
              ),
            ),
          ),
      ),
    )
    const head = make(
      'thead',
      {},
      make(
        'tr',
        {},
        ...['Place', 'What the page says', 'Rules and their outcome'].map((text) => make('th', { scope: 'col' }, text)),
      ),
    )
    const examples = library.coverage.filter(({ kind }) => kind === 'example')
    const good = examples.filter(({ rules }) => rules.every((id) => outcomeOf(id).outcome === 'passed'))
    byId('coverage-list').append(
      make(
        'p',
        {},
        make(
          'b',
          {},
          `${good.length} of ${examples.length} printed examples hold in this run; ${library.coverage.length} places in all.`,
        ),
      ),
      make(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Coverage of the document' },
        make('table', { class: 'matrix document' }, head, ...body),
      ),
    )
  }

  // A scenario with its steps, its diagram and its messages.

  function nameOf(row) {
    const summary = row.querySelector('summary').cloneNode(true)
    summary.querySelector('em')?.remove()
    return summary.textContent.trim().slice(2)
  }

  function fill(row) {
    const details = row.querySelector('details')
    if (details.querySelector('.open') || evidence === null) return
    const scenario = evidence[indexOf(row)]
    const steps = scenario.steps.map(([keyword, text, status, table]) => {
      const rest = table.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell))))
      return make(
        'li',
        {},
        make(
          'span',
          { class: status },
          `${SIGNS[status] ?? '?'} `,
          make('b', {}, keyword),
          ' ',
          linked(text),
          status === 'FAILED' ? ' (failed here)' : '',
        ),
        rest.length > 0 ? make('table', {}, make('tbody', {}, ...rest)) : null,
      )
    })
    const cited = [...scenario.errata, ...scenario.drift]
    details.append(
      make(
        'div',
        { class: 'open' },
        scenario.reason ? make('p', { class: 'reason' }, linked(scenario.reason)) : null,
        make('ul', { class: 'gherkin' }, ...steps),
        cited.length > 0 ? make('p', { class: 'where' }, 'Relies on ', linked(cited.join(', ')), '.') : null,
        scenario.earlier ? make('p', { class: 'where' }, scenario.earlier) : null,
        scenario.messages.length + scenario.missing.length > 0
          ? diagram(row, scenario)
          : make('p', {}, 'No message was exchanged.'),
        ...scenario.messages.map((message, at) => messageOf(row, scenario, message, at)),
        make('p', { class: 'where' }, make('code', {}, scenario.place), ' · again: ', make('code', {}, scenario.command)),
      ),
    )
  }

  function timeOf(at) {
    if (at === null) return ''
    return at < 1000 ? `${Math.round(at)} ms` : `${(at / 1000).toFixed(1)} s`
  }

  function titleOf({ name, from, purpose }) {
    const [left, right] = from === 'bot' ? ['the bot', 'Graph'] : ['Graph', 'the bot']
    return purpose === 'notification' ? `${left} to ${right}: ${name}` : `${left} ${name}`
  }

  const WRONG = { unexpected: '✗ unexpected', differs: '✗ differs from the documentation' }

  function messageOf(row, scenario, message, at) {
    const title = `${at + 1}. ${titleOf(message)} → ${message.response[0] || 'no answer'}`
    const remark = message.wrong ? make('em', {}, WRONG[message.wrong]) : null
    const details = make(
      'details',
      { class: `message${message.wrong ? ' o-failed' : ''}`, id: `${row.id}m${at}` },
      make('summary', {}, title, ' ', remark ?? ''),
    )
    details.addEventListener('toggle', () => fillMessage(details, scenario, message))
    return details
  }

  function fillMessage(details, scenario, message) {
    if (!details.open || details.childElementCount > 1) return
    const members = message.wrong === 'differs' ? scenario.members : []
    const inRequest = message.purpose === 'notification'
    details.append(
      ...members.map(({ path, expected, actual }) =>
        make('p', { class: 'differs' }, '✗ ', make('code', {}, path), `: documented ${expected}, received ${actual}`),
      ),
      make('h4', {}, 'Request'),
      partOf(message.request, inRequest ? members : [], `Request of message ${details.id}`),
      make('h4', {}, 'Response'),
      partOf(message.response, inRequest ? [] : members, `Response to message ${details.id}`),
    )
  }

  function partOf([line, headers, body], members, label) {
    const pre = make('pre', { tabindex: 0, role: 'region', 'aria-label': label }, [line, ...headers].join('\n'))
    if (body !== '') pre.append('\n\n', bodyOf(body, members))
    return pre
  }

  /** Pretty-prints JSON and marks the lines of members that differ. */
  function bodyOf(body, members) {
    const part = document.createDocumentFragment()
    let value
    try {
      value = JSON.parse(body)
    } catch {
      part.append(body)
      return part
    }
    const differs = (path) =>
      members.some((member) => path === member.path || path.endsWith(`.${member.path}`) || path.endsWith(`]${member.path}`))
    const print = (text, path) => part.append(path !== '' && differs(path) ? make('mark', {}, `${text}  ✗ differs`) : text, '\n')
    const walk = (one, path, indent, before, after) => {
      const entries = typeof one === 'object' && one !== null ? Object.entries(one) : []
      if (entries.length === 0) return print(indent + before + JSON.stringify(one) + after, path)
      const isList = Array.isArray(one)
      print(`${indent}${before}${isList ? '[' : '{'}`, path)
      for (const [at, [name, member]] of entries.entries()) {
        const inner = isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
        walk(member, inner, `${indent}  `, isList ? '' : `${JSON.stringify(name)}: `, at < entries.length - 1 ? ',' : '')
      }
      part.append(`${indent}${isList ? ']' : '}'}${after}\n`)
    }
    walk(value, '', '', '', '')
    return part
  }

  const LANES = { bot: 130, graph: 430, people: 690 }
  const WIDTH = 800

  function wrapped(text, characters) {
    const lines = ['']
    for (const word of text.split(' ')) {
      const last = lines[lines.length - 1]
      if (last !== '' && last.length + word.length + 1 > characters) lines.push(word)
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
    }
    return lines
  }

  function label(x, y, lines, attributes) {
    const text = draw('text', { x, y, 'text-anchor': 'middle', ...attributes })
    for (const [at, line] of lines.entries()) text.append(draw('tspan', { x, dy: at === 0 ? 0 : 16 }, line))
    return text
  }

  function arrow(from, to, y, kind) {
    const tip = to > from ? -8 : 8
    return [
      draw('line', { x1: from, y1: y, x2: to, y2: y, class: kind }),
      draw('path', { class: 'tip', d: `M${to} ${y}l${tip} -4v8z` }),
    ]
  }

  function diagram(row, scenario) {
    const svg = draw('svg', { role: 'group', 'aria-label': `Messages of ${nameOf(row)}` })
    const parts = []
    let y = 64
    // An older record has no times of messages: what people do comes first then.
    const timed = scenario.messages.every(({ at }) => at !== null)
    const events = [
      ...scenario.people.map(([text, at]) => ({ at: timed ? (at ?? -1) : -1, text })),
      ...scenario.messages.map((message, index) => ({ at: message.at ?? index, message, index })),
    ].sort((one, other) => one.at - other.at)
    for (const event of events) {
      if (event.text !== undefined) {
        const lines = wrapped(event.text, 26)
        parts.push(
          draw('rect', { class: 'box', x: LANES.people - 100, y: y - 6, width: 200, height: 16 * lines.length + 10, rx: 5 }),
        )
        parts.push(label(LANES.people, y + 10, lines, {}))
        y += 16 * lines.length + 22
        continue
      }
      const { message, index } = event
      const [from, to] = message.from === 'bot' ? [LANES.bot, LANES.graph] : [LANES.graph, LANES.bot]
      const lines = wrapped(`${index + 1}. ${message.name}${message.wrong ? ` ${WRONG[message.wrong]}` : ''}`, 42)
      const group = draw('g', message.wrong ? { class: 'bad' } : {})
      const link = draw('a', { href: `#${row.id}m${index}` }, label((from + to) / 2, y + 8, lines, {}))
      y += 16 * lines.length
      group.append(link, ...arrow(from, to, y + 2, ''))
      group.append(draw('text', { class: 'time', x: 8, y: y + 6 }, timeOf(message.at)))
      y += 20
      group.append(
        label((from + to) / 2, y, [message.response[0] || 'no answer'], { class: 'time' }),
        ...arrow(to, from, y + 6, 'reply'),
      )
      parts.push(group)
      y += 28
    }
    for (const missing of scenario.missing) {
      const lines = wrapped(`✗ missing: ${missing}`, 42)
      const group = draw('g', { class: 'bad gone' }, label((LANES.graph + LANES.bot) / 2, y + 8, lines, {}))
      y += 16 * lines.length
      group.append(...arrow(LANES.graph, LANES.bot, y + 2, ''))
      parts.push(group)
      y += 30
    }
    const heads = [
      ['Bot', LANES.bot],
      ['Graph', LANES.graph],
      ['People', LANES.people],
    ].flatMap(([name, x]) => [
      draw('line', { class: 'life', x1: x, y1: 36, x2: x, y2: y }),
      label(x, 26, [name], { class: 'head' }),
    ])
    svg.setAttribute('viewBox', `0 0 ${WIDTH} ${y + 12}`)
    svg.append(...heads, ...parts)
    return make('div', { class: 'diagram', tabindex: 0, role: 'region', 'aria-label': `Sequence diagram of ${nameOf(row)}` }, svg)
  }

  // Filters, which live in the address, and the search.

  const filters = { outcome: byId('f-outcome'), rule: byId('f-rule'), feature: byId('f-feature'), text: byId('f-text') }
  const outcomeOfRow = (row) => /o-([\w-]+)/.exec(row.className)?.[1] ?? 'passed'
  const featureOfRow = (row) => row.closest('.feature').querySelector('h3').textContent

  function addOptions() {
    const add = (select, values) => select.append(...[...new Set(values)].map((value) => make('option', { value }, value)))
    add(filters.outcome, rows.map(outcomeOfRow))
    add(filters.rule, rows.flatMap((row) => [...row.querySelectorAll(':scope > a')].map(({ hash }) => hash.slice(1))).sort())
    add(filters.feature, rows.map(featureOfRow))
  }

  function plain(text) {
    return text.toLowerCase().replaceAll('": ', '":')
  }

  function textsIn(value) {
    if (typeof value === 'string') return [value]
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
  }

  const searchable = new Map()
  function textOf(row) {
    if (!searchable.has(row))
      searchable.set(row, plain(`${row.textContent}\n${featureOfRow(row)}\n${textsIn(evidence[indexOf(row)]).join('\n')}`))
    return searchable.get(row)
  }

  async function apply() {
    const text = plain(filters.text.value.trim())
    if (text !== '') await withEvidence()
    if (text !== plain(filters.text.value.trim())) return
    let shown = 0
    for (const row of rows) {
      const fits =
        (filters.outcome.value === '' || outcomeOfRow(row) === filters.outcome.value) &&
        (filters.rule.value === '' || row.querySelector(`:scope > a[href="#${filters.rule.value}"]`) !== null) &&
        (filters.feature.value === '' || featureOfRow(row) === filters.feature.value) &&
        (text === '' || textOf(row).includes(text))
      row.hidden = !fits
      if (fits) shown += 1
    }
    for (const feature of document.querySelectorAll('.feature'))
      feature.hidden = feature.querySelector('li:not([hidden])') === null
    byId('found').textContent = `${shown} of ${rows.length} scenarios`
    showElsewhere(text)
  }

  function showElsewhere(text) {
    const list = byId('found-elsewhere')
    list.replaceChildren()
    if (text === '' || library === null) return
    const of = (kind, entries, id) =>
      entries
        .filter((entry) => plain(textsIn(entry).join('\n')).includes(text))
        .map((entry) => make('li', {}, `${kind} `, make('a', { href: `#${id(entry)}` }, id(entry).replace('place-', ''))))
    const found = [
      ...of('Rule', library.rules, ({ id }) => id),
      ...of('Erratum', library.errata, ({ id }) => id),
      ...of('Drift', library.drift, ({ id }) => id),
      ...of('Place in the document', library.coverage, ({ place }) => `place-${place}`),
    ]
    const parts = ['doubts', 'failures', 'configuration', 'verdict'].filter((id) => plain(byId(id).textContent).includes(text))
    list.append(...parts.map((id) => make('li', {}, 'Part ', make('a', { href: `#${id}` }, id))), ...found)
  }

  function toAddress() {
    const set = new URLSearchParams(
      Object.entries(filters).flatMap(([name, { value }]) => (value.trim() === '' ? [] : [[name, value]])),
    )
    history.replaceState(null, '', set.size === 0 ? '#scenarios' : `#${set}`)
    return apply()
  }

  async function fromAddress() {
    const address = decodeURIComponent(location.hash.slice(1))
    if (address.includes('=')) {
      const set = new URLSearchParams(location.hash.slice(1))
      for (const [name, field] of Object.entries(filters)) field.value = set.get(name) ?? ''
      await apply()
      byId('scenarios').scrollIntoView()
      return
    }
    const [, scenario, message] = /^(s\d+)(m\d+)?$/.exec(address) ?? []
    if (scenario !== undefined && byId(scenario)) await open(byId(scenario), message)
    else if (byId(address)?.tagName === 'DETAILS') reveal(byId(address))
    else if (address !== '') byId(address)?.scrollIntoView()
  }

  function reveal(details) {
    for (let one = details; one; one = one.parentElement.closest('details')) one.open = true
    details.scrollIntoView()
    details.querySelector('summary').focus({ preventScroll: true })
  }

  async function open(row, message) {
    await withEvidence()
    if (row.hidden) {
      for (const field of Object.values(filters)) field.value = ''
      await apply()
    }
    fill(row)
    const details = row.querySelector('details')
    details.open = true
    const inner = message && byId(row.id + message)
    reveal(inner ?? details)
    if (inner) fillMessage(inner, evidence[indexOf(row)], evidence[indexOf(row)].messages[Number(message.slice(1))])
  }

  // The walk from failure to failure.

  function walk(step) {
    const failures = rows.filter((row) => ['failed', 'harness-error'].includes(outcomeOfRow(row)))
    if (failures.length === 0) return
    const [here] = /^s\d+/.exec(location.hash.slice(1)) ?? []
    const before = failures.findIndex(({ id }) => id === here)
    const next = before < 0 && step < 0 ? failures.length - 1 : (before + step + failures.length) % failures.length
    const row = failures[next]
    withEvidence().then(() => {
      const wrong = evidence[indexOf(row)].messages.findIndex((message) => message.wrong)
      const target = `#${row.id}${wrong < 0 ? '' : `m${wrong}`}`
      if (location.hash === target) return fromAddress()
      location.hash = target
    })
  }

  function openFailures() {
    for (const row of rows) {
      if (!['failed', 'harness-error'].includes(outcomeOfRow(row))) continue
      fill(row)
      for (const details of row.querySelectorAll('details')) {
        details.open = true
        const [, at] = /m(\d+)$/.exec(details.id) ?? []
        if (at !== undefined && evidence !== null)
          fillMessage(details, evidence[indexOf(row)], evidence[indexOf(row)].messages[Number(at)])
      }
    }
    for (const details of document.querySelectorAll('#failures details')) details.open = true
  }

  async function start() {
    library = await unpack('library-data')
    for (const { id } of [...library.rules, ...library.errata, ...library.drift]) known.add(id)
    addRules()
    addDiscrepancies()
    addCoverage()
    addOptions()
    byId('filters').hidden = false
    byId('filters').addEventListener('submit', (event) => event.preventDefault())
    for (const field of Object.values(filters)) field.addEventListener('input', toAddress)
    byId('next-failure').addEventListener('click', () => walk(1))
    byId('previous-failure').addEventListener('click', () => walk(-1))
    for (const row of rows)
      row.querySelector('details').addEventListener('toggle', () => withEvidence().then(() => fill(row)), { once: true })
    addEventListener('hashchange', fromAddress)
    addEventListener('keydown', ({ key, target, ctrlKey, metaKey, altKey }) => {
      if (ctrlKey || metaKey || altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return
      if (key === 'n' || key === 'p') walk(key === 'n' ? 1 : -1)
    })
    addEventListener('beforeprint', openFailures)
    await apply()
    await fromAddress()
    document.documentElement.dataset.ready = 'yes'
    // So that printing, which cannot wait, has the evidence.
    ;(window.requestIdleCallback ?? setTimeout)(withEvidence)
  }

  // After the first paint.
  requestAnimationFrame(() => setTimeout(start))
})()
