import { StringDecoder } from 'node:string_decoder';

/** Told of each line; `isCut`: it was longer than allowed, and its rest is left out. */
export type LineListener = (line: string, isCut: boolean) => void;

/**
 * Makes lines of bytes, however those are cut into chunks. A line ends with `\n` or `\r\n`, and is no longer than
 * `maxLength` characters (UTF-16 code units); no more than that is ever kept.
 *
 * @example
 * const lines = new Lines(80, (line) => console.log(line));
 * lines.push(Buffer.from('hel'));
 * lines.push(Buffer.from('lo\nworld')); // prints hello
 * lines.end(); // prints world
 */
export class Lines {
  private readonly decoder = new StringDecoder('utf8');
  private partial = '';
  private isCut = false;

  constructor(
    private readonly maxLength: number,
    private readonly listener: LineListener,
  ) {}

  push(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  /** What came last need not end with a line break. */
  end(): void {
    this.take(this.decoder.end());
    if (this.partial !== '' || this.isCut) this.finish();
  }

  private take(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.keep(text, from, at);
      this.finish();
      from = at + 1;
    }
    this.keep(text, from, text.length);
  }

  private keep(text: string, from: number, to: number): void {
    // One more, for a carriage return that may belong to the end of the line.
    const room = this.maxLength + 1 - this.partial.length;
    this.partial += text.slice(from, Math.min(to, from + room));
    if (to - from > room) this.isCut = true;
  }

  private finish(): void {
    const { maxLength, listener } = this;
    const line = !this.isCut && this.partial.endsWith('\r') ? this.partial.slice(0, -1) : this.partial;
    const isCut = this.isCut || line.length > maxLength;
    this.partial = '';
    this.isCut = false;
    listener(isCut ? cut(line, maxLength) : line, isCut);
  }
}

// No character of two halves is cut in between.
function cut(line: string, length: number): string {
  const last = line.charCodeAt(length - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
