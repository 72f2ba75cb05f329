import { parse } from 'yaml'

/**
 * The descriptors that a run's archive has for axes, in their order.
 *
 * @param effective - The effective config that the run has stored. It was checked when the run began; whatever it does not
 * tell, as in a run of another version, is left out.
 */
export function axesOf(effective: string): readonly string[] {
  const config = parse(effective) as { archive?: { axes?: readonly { descriptor?: unknown }[] } } | null
  const axes = config?.archive?.axes
  if (!Array.isArray(axes)) return []
  return axes.flatMap((axis: { descriptor?: unknown }) =>
    typeof axis.descriptor === 'string' ? [axis.descriptor] : [],
  )
}
