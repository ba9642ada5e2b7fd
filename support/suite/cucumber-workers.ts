// Worker processes, which cucumber forks and hides: known here so that a signal reaches them and none is left behind.
import childProcess, { type ChildProcess } from 'node:child_process'
import { WORKER_MESSAGE } from './signals'

export interface Workers {
  interrupt(): void
  kill(): void
}

/** Must be called before cucumber is loaded: from then on every forked process is remembered until it exits. */
export function rememberWorkers(): Workers {
  const workers = new Set<ChildProcess>()
  const fork = childProcess.fork
  childProcess.fork = ((...args: Parameters<typeof fork>) => {
    const worker = fork(...args)
    workers.add(worker)
    worker.once('exit', () => workers.delete(worker))
    return worker
  }) as typeof fork
  return {
    interrupt: () => workers.forEach((worker) => void (worker.connected && worker.send(WORKER_MESSAGE))),
    kill: () => workers.forEach((worker) => void worker.kill('SIGKILL')),
  }
}
