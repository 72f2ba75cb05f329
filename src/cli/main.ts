#!/usr/bin/env node
// Nothing else is imported before the version is known: older releases cannot even parse the rest.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `evolve needs Node 24 or newer and this is ${process.version}: start it with \`npx evolve\` where it is installed ` +
      '(npm brings Node 24 along as the package `node`), or install Node 24\n',
  )
  process.exitCode = 2
} else {
  const { main } = await import('./program.ts')
  await main(process.argv)
}

export {}
