import { execFile } from 'node:child_process'
import process from 'node:process'
import { UserError } from '../../core/errors.ts'

/** A GPU of this machine. */
export interface Gpu {
  /** What the driver calls it for good; numbers change when cards do. */
  readonly uuid: string
  /** Its number at the moment, from 0. */
  readonly index: number
  readonly name: string
}

/**
 * Finds the cards that CUDA programs may use here: what `nvidia-smi` lists, less what `CUDA_VISIBLE_DEVICES` hides from us.
 *
 * @param only - Numbers or UUIDs of the cards to take; all when absent.
 * @throws UserError in one line when there is no driver, no card, or not the one that is asked for.
 */
export async function findGpus(only?: readonly (number | string)[]): Promise<readonly Gpu[]> {
  const all = cardsIn(await listing())
  const shown = visible(all, process.env['CUDA_VISIBLE_DEVICES'])
  if (shown.length === 0) {
    throw new UserError('there is no GPU here: nvidia-smi lists none, or CUDA_VISIBLE_DEVICES hides them all')
  }
  if (only === undefined) return shown
  return only.map((id) => {
    const found = shown.find(({ index, uuid }) => index === id || uuid === id)
    if (found !== undefined) return found
    const known = shown.map(({ index, name }) => `${String(index)} (${name})`).join(', ')
    throw new UserError(`there is no GPU ${String(id)} here; there are ${known}: correct evaluation.device.ids`)
  })
}

function listing(): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['--query-gpu=index,uuid,name', '--format=csv,noheader']
    execFile('nvidia-smi', args, { timeout: 20_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout)
      } else if (error.code === 'ENOENT') {
        reject(new UserError('there is no GPU that CUDA can use: nvidia-smi is missing, install the NVIDIA driver'))
      } else {
        const said = `${stdout}\n${stderr}`.trim().split('\n')[0] ?? ''
        reject(new UserError(`there is no GPU that CUDA can use: nvidia-smi says ${said || error.message}`))
      }
    })
  })
}

function cardsIn(text: string): readonly Gpu[] {
  return text.split('\n').flatMap((line): Gpu[] => {
    const [index = '', uuid = '', ...name] = line.split(',').map((part) => part.trim())
    return /^\d+$/.test(index) && uuid !== '' ? [{ index: Number(index), uuid, name: name.join(', ') }] : []
  })
}

/** As CUDA reads the variable: in its order, up to the first word that names no card. */
function visible(all: readonly Gpu[], variable: string | undefined): readonly Gpu[] {
  if (variable === undefined) return all
  const shown: Gpu[] = []
  for (const word of variable.split(',').map((each) => each.trim())) {
    const card = all.find(({ index, uuid }) => String(index) === word || (word.length > 4 && uuid.startsWith(word)))
    if (card === undefined) break
    shown.push(card)
  }
  return shown
}
