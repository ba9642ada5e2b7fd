// The picture of the bench: for each row with a target how near the value comes to it. Right of the line it is met.
import type { Measured, RowResult } from './row'

/** Colours that those who confuse red and green can distinguish. */
const [MET, MISSED] = ['#0b6e99', '#c25700']
const ROW_HEIGHT = 34
const WIDTH = 560

/** As SVG. Rows without a target or a figure are left out: the table has them. */
export async function picture(rows: readonly RowResult[]): Promise<string> {
  const { parse, View } = await import('vega')
  const values = rows.flatMap(({ row: { id, target, better, unit }, result }) => {
    if (target === null || 'reason' in result) return []
    const { value } = result satisfies Measured
    // Twice as good as the target is two, half as good is a half.
    const reached = better === 'more' ? value / target : target / value
    const written = Number(value.toPrecision(3))
    const label = `${written}${unit === 'ms of processor time' ? ' ms' : ''}, target ${better === 'more' ? 'at least' : 'at most'} ${target}: ${reached >= 1 ? 'met' : 'missed'}`
    return [{ id, reached: Math.min(reached, 3), label, colour: reached >= 1 ? MET : MISSED }]
  })
  const place = { scale: 'y', field: 'id' }
  const text = { fill: { value: '#222' }, font: { value: 'sans-serif' }, fontSize: { value: 12 } }
  const view = new View(
    parse({
      width: WIDTH,
      height: Math.max(1, values.length) * ROW_HEIGHT,
      padding: 10,
      background: '#fff',
      title: {
        text: 'How near each figure comes to its target (1: reached; longer is better)',
        anchor: 'start',
        font: 'sans-serif',
      },
      data: [{ name: 'rows', values }],
      scales: [
        { name: 'y', type: 'band', domain: { data: 'rows', field: 'id' }, range: 'height', padding: 0.35 },
        { name: 'x', type: 'linear', domain: [0, 3], range: 'width' },
      ],
      axes: [
        { orient: 'bottom', scale: 'x', values: [0, 1, 2, 3], labelFont: 'sans-serif' },
        { orient: 'left', scale: 'y', ticks: false, domain: false, labelFont: 'sans-serif', labelFontSize: 12 },
      ],
      marks: [
        {
          type: 'rect',
          from: { data: 'rows' },
          encode: {
            enter: {
              y: place,
              height: { scale: 'y', band: 1 },
              x: { scale: 'x', value: 0 },
              x2: { scale: 'x', field: 'reached' },
              fill: { field: 'colour' },
              fillOpacity: { value: 0.45 },
            },
          },
        },
        {
          type: 'text',
          from: { data: 'rows' },
          encode: {
            enter: {
              ...text,
              y: { ...place, band: 0.5 },
              x: { value: 6 },
              baseline: { value: 'middle' },
              text: { field: 'label' },
            },
          },
        },
        {
          type: 'rule',
          encode: {
            enter: { x: { scale: 'x', value: 1 }, y: { value: 0 }, y2: { signal: 'height' }, stroke: { value: '#222' } },
          },
        },
      ],
    }),
    { renderer: 'none' },
  )
  return view.toSVG()
}
