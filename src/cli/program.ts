import { Command, CommanderError, Option } from 'commander'
import { bestVerb } from './best.ts'
import { checkVerb } from './check.ts'
import { diffVerb } from './diff.ts'
import { exportFormats, exportVerb } from './export.ts'
import { compareVerb } from './compare.ts'
import { defaultArms } from './compare-arms.ts'
import { exitCodes, reportError } from './exit.ts'
import { holdoutVerb } from './holdout.ts'
import { initVerb, parseLanguage, parseTolerance } from './init.ts'
import type { InitFlags } from './init.ts'
import { insightsVerb } from './insights.ts'
import { processIo } from './io.ts'
import type { Io } from './io.ts'
import { lineageVerb } from './lineage.ts'
import { exportedTables } from '../store/exported-rows.ts'
import { addBudgetFlags, parseCount, parseSeed, parseSeedCount } from './problem-flags.ts'
import { promptVerb } from './prompt.ts'
import { replayVerb } from './replay.ts'
import { reportVerb } from './report.ts'
import { rescoreVerb } from './rescore.ts'
import { resumeVerb } from './resume.ts'
import { runVerb } from './run.ts'
import { runsVerb } from './runs.ts'
import { showVerb } from './show.ts'
import { simplifyVerb } from './simplify.ts'
import { sqlVerb } from './sql.ts'
import { statusVerb } from './status.ts'
import { hintVerb, setVerb, stopVerb } from './steer.ts'
import { verifyVerb } from './verify.ts'
import { packageVersion } from './version.ts'

/** The command line: parses it, carries out the verb and sets the exit code. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<void> {
  const debug = argv.includes('--debug')
  try {
    process.exitCode = await parse(argv, io)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.user
      return
    }
    const report = reportError(error, debug)
    for (const line of report.lines) io.err.write(`${line}\n`)
    process.exitCode = report.code
  }
}

async function parse(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.done
  const program = new Command('evolve')
    .description('Discovers programs: evolves a first program against your evaluator.')
    .version(packageVersion())
    .showHelpAfterError('(evolve --help lists the commands)')
    .configureOutput({ writeErr: (text) => void io.err.write(text), writeOut: (text) => void io.out.write(text) })
    .exitOverride()

  const verb = (usage: string, description: string): Command =>
    program
      .command(usage, usage.startsWith('run ') ? { isDefault: true } : {})
      .description(description)
      .option('--runs-dir <dir>', 'folder of the runs', 'runs')
      .option('--debug', 'print stack traces')
      .exitOverride()

  addBudgetFlags(verb('run <problem.yaml>', 'start a new run (the word run may be left out)'))
    .option('--seed <n>', 'every random draw of the run follows from it', parseSeed)
    .option('--concurrency <n>', 'candidates in flight')
    .option('--sampler <name>', 'how parents are drawn')
    .option('--islands <n>', 'number of islands')
    .option('--run <name>', 'name of the run')
    .option('--no-llm', 'work without language models')
    .option('--no-cache', 'compute every stage, also one that an equal program has been through')
    .option('--json', 'print one JSON object at the end and nothing else on stdout')
    .action(async (file: string, flags: Parameters<typeof runVerb>[2]) => {
      code = await runVerb(io, file, flags)
    })
  addBudgetFlags(verb('resume [run]', 'go on with a run; without a name, with the latest'))
    .option('--concurrency <n>', 'candidates in flight')
    .option('--no-llm', 'work without language models')
    .option('--no-cache', 'compute every stage, also one that an equal program has been through')
    .option('--problem <file>', 'where the problem file is now')
    .option('--accept-changes', 'go on although the evaluator or the first program has changed')
    .option('--json', 'print one JSON object at the end and nothing else on stdout')
    .action(async (run: string | undefined, flags: Parameters<typeof resumeVerb>[2]) => {
      code = await resumeVerb(io, run, flags)
    })
  verb(
    'rescore <run>',
    'score a run again by its evaluator and pipeline as they are now; old scores stay beside the new',
  )
    .option('--problem <file>', 'where the problem file is now')
    .option('--no-cache', 'compute every stage again')
    .option('--json', 'as JSON')
    .action(async (run: string, flags: Parameters<typeof rescoreVerb>[2]) => {
      code = await rescoreVerb(io, run, flags)
    })
  verb('holdout <run>', 'score a run on the inputs that its search never saw')
    .option('--problem <file>', 'where the problem file is now')
    .option('--json', 'as JSON')
    .action(async (run: string, flags: Parameters<typeof holdoutVerb>[2]) => {
      code = await holdoutVerb(io, run, flags)
    })
  verb(
    'simplify <run> [program]',
    'make a program shorter without making it worse; the best one unless another is named',
  )
    .option('--candidates <n>', 'most shortened programs to try', parseCount, 500)
    .option('--output <file>', "where to write it; by default simplified-<program> in the run's folder")
    .option('--problem <file>', 'where the problem file is now')
    .option('--json', 'as JSON')
    .action(async (run: string, program: string | undefined, flags: Parameters<typeof simplifyVerb>[3]) => {
      code = await simplifyVerb(io, run, program ?? 'best', flags)
    })
  verb('runs', 'list the runs')
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .action((flags: Parameters<typeof runsVerb>[1]) => {
      code = runsVerb(io, flags)
    })
  verb('status [run]', 'where a run stands')
    .option('--watch', 'again every second until it stops')
    .option('--json', 'as JSON')
    .action(async (run: string | undefined, flags: Parameters<typeof statusVerb>[2]) => {
      code = await statusVerb(io, run, flags)
    })
  verb('check <problem.yaml>', 'validate a problem, evaluate its first program and try to fool its evaluator')
    .option('--seed <n>', 'seed of the cases', parseSeed)
    .option('--json', 'as JSON')
    .action(async (file: string, flags: Parameters<typeof checkVerb>[2]) => {
      code = await checkVerb(io, file, flags)
    })
  verb('init <dir>', 'write a small problem that runs as it stands, for you to change')
    .option('--language <name>', 'language of the programs: typescript or python', parseLanguage)
    .option('--from <file#function>', 'make a function of your own faster, for example src/f.ts#fn')
    .option('--args <list>', "with --from: what its arguments look like, for example '[{ list: int }, number]'")
    .option(
      '--tolerance <share>',
      'with --from: relative difference of numbers that counts as none (default: 0)',
      parseTolerance,
    )
    .action(async (dir: string, flags: InitFlags) => {
      code = await initVerb(io, dir, flags)
    })
  verb('compare <problem.yaml>', 'several ways to search at the same budget: one table and one plot; resumable')
    .option('--arms <list>', `YAML overlays, samplers, evolve, hill-climber (default: ${defaultArms})`)
    .option('--seeds <n>', 'runs of each arm, with the seeds 1 to n (default: 5)', parseSeedCount)
    .option('--budget <limit>', 'candidates=N, tokens=N or usd=X for every run')
    .option('--name <name>', 'folder of the comparison in the folder of the runs')
    .option('--concurrency <n>', 'candidates in flight')
    .option('--no-llm', 'work without language models')
    .option('--no-cache', 'compute every stage, also one that an equal program has been through')
    .option('--json', 'print one JSON object at the end and nothing else on stdout')
    .action(async (file: string, flags: Parameters<typeof compareVerb>[2]) => {
      code = await compareVerb(io, file, flags)
    })
  verb('prompt <problem|run>', 'print the exact next prompt with tokens and price, without sending it')
    .option('--seed <n>', 'seed of the run that a problem would start', parseSeed)
    .option('--json', 'as JSON')
    .action(async (target: string, flags: Parameters<typeof promptVerb>[2]) => {
      code = await promptVerb(io, target, flags)
    })
  verb('replay <run>', 'carry a run out again from its stored replies and compare it, placement by placement')
    .option('--concurrency <n>', 'candidates in flight')
    .option('--problem <file>', 'where the problem file is now')
    .option('--json', 'as JSON')
    .action(async (run: string, flags: Parameters<typeof replayVerb>[2]) => {
      code = await replayVerb(io, run, flags)
    })
  verb('set <run> <key=value...>', 'change limits of a run, also while it works: usd=20 concurrency=16').action(
    async (run: string, changes: readonly string[], flags: Parameters<typeof setVerb>[3]) => {
      code = await setVerb(io, run, changes, flags)
    },
  )
  verb('hint <run> <text>', 'tell the models something: it enters the prompts of later candidates').action(
    async (run: string, text: string, flags: Parameters<typeof hintVerb>[3]) => {
      code = await hintVerb(io, run, text, flags)
    },
  )
  verb('stop <run>', 'stop a run that works in another terminal: it finishes what is in flight').action(
    async (run: string, flags: Parameters<typeof stopVerb>[2]) => {
      code = await stopVerb(io, run, flags)
    },
  )
  verb('best <run>', 'print the best program')
    .option('--diff', 'its difference from the first program')
    .option('--json', 'as JSON')
    .action((run: string, flags: Parameters<typeof bestVerb>[2]) => {
      code = bestVerb(io, run, flags)
    })
  verb('show <run> <program>', 'everything about one program')
    .option('--json', 'as JSON')
    .action((run: string, ordinal: string, flags: Parameters<typeof showVerb>[3]) => {
      code = showVerb(io, run, ordinal, flags)
    })
  verb('diff <run> <a> <b>', 'how one program differs from another; best names the best one')
    .option('--context <lines>', 'unchanged lines around each change', parseCount)
    .action((run: string, before: string, after: string, flags: Parameters<typeof diffVerb>[4]) => {
      code = diffVerb(io, run, before, after, flags)
    })
  verb('lineage <run> <program>', 'how a program came about, and what was made from it; best names the best one')
    .option('--limit <n>', 'descendants to list', parseCount, 200)
    .option('--dot', 'as a graph for Graphviz')
    .option('--json', 'as JSON')
    .action((run: string, ordinal: string, flags: Parameters<typeof lineageVerb>[3]) => {
      code = lineageVerb(io, run, ordinal, flags)
    })
  verb('insights <run>', 'what the run has learned, by effect')
    .option('--csv', 'the library as CSV')
    .option('--json', 'as JSON')
    .action((run: string, flags: Parameters<typeof insightsVerb>[2]) => {
      code = insightsVerb(io, run, flags)
    })
  verb('report <run>', 'write one HTML file about a run')
    .option('--out <file>', "where to write it; by default report.html in the run's folder")
    .action((run: string, flags: Parameters<typeof reportVerb>[2]) => {
      code = reportVerb(io, run, flags)
    })
  verb('export <run>', 'programs, transitions and calls for other tools, or one program with all that scores it')
    .addOption(new Option('--format <format>', 'how').choices(exportFormats).default('jsonl'))
    .addOption(new Option('--table <table>', 'for csv: which one').choices(exportedTables))
    .addOption(
      new Option('--group-by <what>', 'for rl: what the replies of a group share').choices(['prompt', 'parent']),
    )
    .option('--program <program>', 'for folder: which program; by default the best')
    .option(
      '--out <path>',
      'where to write; by default the standard output, for folder a folder named after the program',
    )
    .action(async (run: string, flags: Parameters<typeof exportVerb>[2]) => {
      code = await exportVerb(io, run, flags)
    })
  verb('verify <folder>', 'evaluate an exported program again, alone, and compare it with its score sheet')
    .option('--json', 'as JSON')
    .action(async (folder: string, flags: Parameters<typeof verifyVerb>[2]) => {
      code = await verifyVerb(io, folder, flags)
    })
  verb('sql <run> <query>', "ask a run's database anything; changes nothing")
    .option('--csv', 'as CSV')
    .option('--json', 'as JSON')
    .option('--timeout <duration>', 'stop a query that takes longer (default: 60s)')
    .action((run: string, query: string, flags: Parameters<typeof sqlVerb>[3]) => {
      code = sqlVerb(io, run, query, flags)
    })

  await program.parseAsync([...argv])
  return code
}
