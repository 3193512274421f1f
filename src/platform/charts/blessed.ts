/**
 * What blessed-contrib's widgets need of blessed to be drawn off-screen: a size and an `attach` event. In
 * place of blessed itself, which takes the terminal and the process's signals.
 */

interface BoxOptions {
  readonly width: number;
  readonly height: number;
}

/** As far as the widgets look at it. */
export interface OffScreen extends BoxOptions {
  handlers: ((this: OffScreen) => void)[];
  on(event: string, handler: (this: OffScreen) => void): void;
  attach(): void;
}

/** The widgets call these as functions on objects of their own, which classes do not allow. */
export function Node(this: OffScreen): void {}

Node.prototype.on = function (this: OffScreen, event: string, handler: () => void): void {
  if (event === 'attach') this.handlers.push(handler);
};

/** What being appended to a screen does. */
Node.prototype.attach = function (this: OffScreen): void {
  for (const handler of this.handlers) handler.call(this);
};

export function Box(this: { -readonly [Key in keyof OffScreen]: OffScreen[Key] }, options: BoxOptions): void {
  this.width = options.width;
  this.height = options.height;
  this.handlers = [];
}
Box.prototype = Object.create(Node.prototype);
