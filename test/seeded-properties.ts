import fc from 'fast-check'

/**
 * fast-check with a seed of its own, so that a property which fails once fails again. `EVOLVE_PROPERTY_SEED=2` draws
 * other cases.
 */
fc.configureGlobal({ seed: Number(process.env['EVOLVE_PROPERTY_SEED'] ?? 1) })

export default fc
