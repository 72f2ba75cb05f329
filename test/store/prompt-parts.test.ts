import { expect, test } from 'vitest'
import { partsOf, sectionsOf, userOf } from '../../src/store/prompt-parts.ts'
import fc from '../seeded-properties.ts'

test('cuts the user text along its sections', () => {
  const sections = [
    { name: 'a', text: 'one' },
    { name: 'b', text: 'two' },
  ]
  expect(partsOf({ user: 'one\n\ntwo', sections })).toEqual([
    { section: 'a', text: 'one', shown: true },
    { section: undefined, text: '\n\n', shown: true },
    { section: 'b', text: 'two', shown: true },
  ])
})

test('gives back any user text and any sections exactly', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 6 })
  const section = fc.record({ name: fc.string(), text: few })
  fc.assert(
    fc.property(few, fc.array(section, { maxLength: 4 }), (user, sections) => {
      const parts = partsOf({ user, sections })
      expect(userOf(parts)).toBe(user)
      expect(sectionsOf(parts)).toEqual(sections)
    }),
  )
})
