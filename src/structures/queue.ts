import { DirectoryDown } from './directory.ts';

/** Sign-ins of one structure under way at once: what a controller takes well, and all that a slow one holds of this process. */
const AT_ONCE = 12;
/** How many may wait for their turn: a hospital changes shift within minutes. */
const WAITING = 500;

interface Line {
  underWay: number;
  readonly waiting: (() => void)[];
}

/**
 * A bounded queue in front of each structure's directory.
 * @param patience in milliseconds, of one who waits
 */
export function createQueue(patience: number) {
  const lines = new Map<string, Line>();

  function turn(line: Line): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.waiting.splice(line.waiting.indexOf(mine), 1);
        reject(new DirectoryDown('busy', 'too many sign-ins wait for it'));
      };
      const timer = setTimeout(leave, patience);
      const mine = () => {
        clearTimeout(timer);
        resolve();
      };
      line.waiting.push(mine);
    });
  }

  /** @throws {DirectoryDown} `busy` */
  return async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const line = lines.get(id) ?? { underWay: 0, waiting: [] };
    lines.set(id, line);
    if (line.waiting.length >= WAITING) throw new DirectoryDown('busy', 'too many sign-ins wait for it');
    if (line.underWay >= AT_ONCE) await turn(line);
    else line.underWay += 1;
    try {
      return await work();
    } finally {
      // Its place is handed on, never free in between: who comes now stands behind those who wait.
      const next = line.waiting.shift();
      if (next) next();
      else line.underWay -= 1;
    }
  };
}
