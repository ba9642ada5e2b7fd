// Reads fixtures/page-coverage.yaml: each sentence and example of the page, with the requirements that it became.
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, PROJECT_ROOT, readFixture, repeated, reportProblem } from './fixture'
import { REQUIREMENT_ID } from './requirements'

const text = z.string().min(1)

const entry = z
  .strictObject({
    /** The number of the sentence in the source of the page, with a letter for a part of it. */
    place: text,
    section: text,
    kind: z.enum(['sentence', 'example']),
    says: text,
    requirements: z.array(z.string().regex(REQUIREMENT_ID, 'write the id of a requirement')),
    /** Why nothing of a target follows from it. */
    because: text.optional(),
  })
  .refine(({ requirements, because }) => (requirements.length === 0) === (because !== undefined), {
    message: 'has requirements and a reason for having none, or neither',
    params: { remedy: 'write requirements, or an empty list and `because`' },
  })
export type PageEntry = z.infer<typeof entry>

const file = z.strictObject({
  document: z.strictObject({ page: text, revision: text }),
  entries: z
    .array(entry)
    .min(1)
    .superRefine((entries, context) => {
      for (const at of repeated(entries, ({ place }) => place))
        reportProblem(context, [at, 'place'], { cause: `repeats ${entries[at]?.place}`, remedy: 'add a letter' })
    }),
})

/** The page and its entries in their order, deeply frozen. @throws FixtureError as readFixture */
export function loadPageCoverage(from: string = path.join(PROJECT_ROOT, 'fixtures/page-coverage.yaml')): z.infer<typeof file> {
  return deepFreeze(readFixture(from, file))
}

/** The entries of the page, where it is one of these; none otherwise. */
export function coverageOf(pages: readonly { readonly title: string; readonly date: string }[]): readonly PageEntry[] {
  const { document, entries } = loadPageCoverage()
  return pages.some(({ title, date }) => title === document.page && date === document.revision) ? entries : []
}
