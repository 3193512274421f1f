/** blessed-contrib's widgets one by one: its index loads all of them, and what they need. */

declare module 'blessed-contrib/lib/widget/charts/line.js' {
  const Line: import('./widget.ts').WidgetClass<
    readonly { x: string[]; y: number[]; style: { line: number } }[]
  >;
  export default Line;
}

declare module 'blessed-contrib/lib/widget/charts/bar.js' {
  const Bar: import('./widget.ts').WidgetClass<{ titles: string[]; data: number[] }>;
  export default Bar;
}

declare module 'blessed-contrib/lib/widget/donut.js' {
  const Donut: import('./widget.ts').WidgetClass<
    readonly { percent: number; label: string; color: number }[]
  >;
  export default Donut;
}
