/** Stands for Intl.Segmenter in the bundle: made when first needed, not asked about plain text. */
import { plainSegments } from './plain.ts';

const { Segmenter: SystemSegmenter } = Intl;

export class PlainSegmenter {
  private readonly options: ConstructorParameters<typeof Intl.Segmenter>;
  private system: Intl.Segmenter | undefined;

  constructor(...options: ConstructorParameters<typeof Intl.Segmenter>) {
    this.options = options;
  }

  segment(text: string): Iterable<Intl.SegmentData> {
    const plain = this.options[1]?.granularity === 'word' ? null : plainSegments(text);
    if (plain !== null) return plain;
    this.system ??= new SystemSegmenter(...this.options);
    return this.system.segment(text);
  }
}
