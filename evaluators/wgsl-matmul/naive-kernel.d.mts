export const naiveKernel: string
