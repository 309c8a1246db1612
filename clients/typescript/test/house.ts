/** A running Annals: the real binary, named by ANNALS_BINARY, on a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = process.env['ANNALS_BINARY'] ?? 'annals';

export class House {
  private readonly folder = mkdtempSync(join(tmpdir(), 'annals-'));
  private server: ChildProcess | undefined;
  url = 'http://127.0.0.1:0';

  async serve(): Promise<void> {
    const listen = this.url.replace('http://', '');
    const args = ['serve', '--data', join(this.folder, 'data'), '--listen', listen];
    this.server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: this.server.stdout! });
    const [line] = await once(lines, 'line');
    this.url = String(line).replace('listening on ', '');
  }

  token(role: string): string {
    const args = ['token', 'create', '--data', join(this.folder, 'data'), '--role', role];
    args.push('--name', role, '--stack-id', 'stk-01', '--region', 'r-1');
    return execFileSync(binary, args, { encoding: 'utf8' }).trim();
  }

  async kill(): Promise<void> {
    const gone = once(this.server!, 'exit');
    this.server!.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
