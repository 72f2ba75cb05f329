/**
 * The corridor and the rooms (docs/architecture.md): who may import whom.
 * Planted violations in test/import-rules.test.ts prove that each rule bites.
 */
const rooms = 'archive|selection|prompting|variation|descriptors'
const everything = 'src/'

/** A module of `from` may import only what `allowed` matches. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('core-imports-nothing', '^src/core/', '^src/core/', 'core is vocabulary: no Node, no npm, no room.'),
    ...rooms.split('|').map((room) =>
      only(
        `${room}-is-pure`,
        `^src/${room}/`,
        // The syntax tree library is the one npm package a pure room may use: parsing is a pure function.
        room === 'variation' || room === 'descriptors'
          ? `^src/(core|${room}|syntax)/|node_modules/(@babel/parser|@babel/types)/`
          : `^src/(core|${room})/`,
        'a pure room imports core and itself.',
      ),
    ),
    only('compare-is-pure', '^src/compare/', '^src/(core|compare)/', 'a comparison is a function of finished runs.'),
    only(
      'pipeline-is-pure',
      '^src/pipeline/',
      '^src/(core|pipeline)/',
      'scheduling is a pure function; effects are arguments.',
    ),
    only(
      'insights-know-no-store',
      '^src/insights/',
      '^src/(core|insights|syntax)/|^src/store/insight-store\\.ts$|node_modules/zod/',
      'lessons are drawn from values; of the store they know the types alone.',
    ),
    only(
      'syntax-is-pure',
      '^src/syntax/',
      '^src/(core|syntax)/|node_modules/(@babel|@lezer)/',
      'parsing is a pure function.',
    ),
    {
      name: 'sdk-only-in-its-adapter',
      severity: 'error',
      from: { path: everything, pathNot: '^src/llm/(openai|anthropic)' },
      to: { path: 'node_modules/(openai|@anthropic-ai/sdk)/' },
    },
    {
      name: 'sqlite-only-in-its-adapter',
      severity: 'error',
      from: { path: everything, pathNot: '^src/store/sqlite/' },
      to: { path: 'node_modules/better-sqlite3/' },
    },
    {
      name: 'isolated-vm-only-in-the-host',
      severity: 'error',
      from: { path: everything, pathNot: '^src/evaluation/isolate/' },
      to: { path: 'node_modules/isolated-vm/' },
    },
    {
      name: 'run-knows-no-adapter',
      severity: 'error',
      from: { path: '^src/run/' },
      to: {
        path: '^src/(cli|report|builtins|compose)|^src/store/sqlite/|^src/llm/openai|^src/evaluation/(isolate|trusted)/|node_modules/',
      },
    },
    {
      name: 'only-compose-knows-adapters',
      severity: 'error',
      from: { path: everything, pathNot: '^src/builtins\\.ts$|^src/compose/|^src/llm/|^src/store/sqlite/|^src/cli/' },
      to: { path: '^src/(llm/openai|store/sqlite/)' },
    },
    {
      name: 'only-cli-calls-compose',
      severity: 'error',
      from: { path: everything, pathNot: '^src/(cli|compose)/' },
      to: { path: '^src/compose/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: everything, pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      from: { path: everything },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
