// Sampling at the call: what a rule does not keep never reaches the sink.

import type { EventSink, ScalarChannel, ScalarTag } from "../events/event-sink.js";
import type { SamplingRule } from "./sampling-rules.js";

/** Samples the scalars of one writer; what a tag has is one for all its handles. */
export class Sampler {
  readonly #ruleOf: (tag: string) => SamplingRule | undefined;
  readonly #clock: () => number;
  readonly #tags = new Map<string, TagSampler | undefined>();

  /** `clock`: milliseconds. */
  constructor(ruleOf: (tag: string) => SamplingRule | undefined, clock: () => number) {
    this.#ruleOf = ruleOf;
    this.#clock = clock;
  }

  /**
   * A channel of `sink`: the sink's own for tags without rules, which so cost nothing. Tags of different rules are written as one event
   * a rule.
   */
  channel(sink: EventSink, tags: readonly ScalarTag[]): ScalarChannel {
    const members = tags.map((tag, index) => ({ tag, index, sampler: this.#samplerOf(tag.tag) }));
    if (members.every(({ sampler }) => sampler === undefined)) return sink.scalars(tags);
    const [first] = members;
    if (members.length === 1) return new SampledTag(sink.scalars(tags), first!.sampler!, this.#clock);
    return new SampledTags(sink, members, this.#clock);
  }

  #samplerOf(tag: string): TagSampler | undefined {
    if (!this.#tags.has(tag)) {
      const rule = this.#ruleOf(tag);
      this.#tags.set(tag, rule && new TagSampler(rule));
    }
    return this.#tags.get(tag);
  }
}

/** A tag of a channel, with its place among the channel's values. */
interface Member {
  readonly tag: ScalarTag;
  readonly index: number;
  readonly sampler: TagSampler | undefined;
}

/** A rule, and when a value of the tag was last kept. */
class TagSampler {
  /** Equal for equal rules. */
  readonly key: string;
  /** Whether the rule looks at the clock. */
  readonly isTimed: boolean;
  readonly #everySteps: number;
  readonly #gapMs: number;
  // Step and time. Before the first value both are NaN, from which nothing is too near.
  readonly #last = Float64Array.of(Number.NaN, Number.NaN);

  constructor({ everySteps = 0, perSecond }: SamplingRule) {
    this.#everySteps = everySteps;
    this.#gapMs = perSecond === undefined ? 0 : 1000 / perSecond;
    this.isTimed = perSecond !== undefined;
    this.key = `${everySteps} ${this.#gapMs}`;
  }

  allowsStep(step: number): boolean {
    const age = step - this.#last[0]!;
    return !(age >= 0 && age < this.#everySteps);
  }

  // A clock that went back must not keep a tag silent for as long as it went back.
  allowsTime(now: number): boolean {
    const age = now - this.#last[1]!;
    return !(age >= 0 && age < this.#gapMs);
  }

  kept(step: number, now: number): void {
    this.#last[0] = step;
    this.#last[1] = now;
  }
}

class SampledTag implements ScalarChannel {
  readonly #channel: ScalarChannel;
  readonly #sampler: TagSampler;
  readonly #clock: () => number;

  constructor(channel: ScalarChannel, sampler: TagSampler, clock: () => number) {
    this.#channel = channel;
    this.#sampler = sampler;
    this.#clock = clock;
  }

  write(step: number, values: ArrayLike<number>, from = 0, wallTime?: number): void {
    this.writeOne(step, values[from]!, wallTime);
  }

  writeOne(step: number, value: number, wallTime?: number): void {
    const sampler = this.#sampler;
    if (!sampler.allowsStep(step)) return;
    const now = sampler.isTimed ? this.#clock() : 0;
    if (!sampler.allowsTime(now)) return;
    this.#channel.writeOne(step, value, wallTime);
    // Not before: a value whose call threw was not taken, and the next try is the tag's first again.
    sampler.kept(step, now);
  }
}

class SampledTags implements ScalarChannel {
  readonly #groups: readonly RuleGroup[];
  readonly #isTimed: boolean;
  readonly #clock: () => number;

  constructor(sink: EventSink, members: readonly Member[], clock: () => number) {
    const groups = new Map<string | undefined, Member[]>();
    for (const member of members) {
      const key = member.sampler?.key;
      groups.set(key, [...(groups.get(key) ?? []), member]);
    }
    this.#groups = [...groups.values()].map((group) => new RuleGroup(sink, group));
    this.#isTimed = members.some(({ sampler }) => sampler?.isTimed);
    this.#clock = clock;
  }

  write(step: number, values: ArrayLike<number>, from = 0, wallTime?: number): void {
    // Read once, so that tags of one rule stay together.
    const now = this.#isTimed ? this.#clock() : 0;
    for (const group of this.#groups) group.write(step, values, from, wallTime, now);
  }

  writeOne(step: number, value: number, wallTime?: number): void {
    this.write(step, [value], 0, wallTime);
  }
}

/** Tags of one rule, or of none: one event when all are kept, else one each, since each tag has a past of its own. */
class RuleGroup {
  readonly #sink: EventSink;
  readonly #members: readonly Member[];
  readonly #channel: ScalarChannel;
  readonly #values: Float64Array;
  readonly #singles = new Map<Member, ScalarChannel>();

  constructor(sink: EventSink, members: readonly Member[]) {
    this.#sink = sink;
    this.#members = members;
    this.#channel = sink.scalars(members.map(({ tag }) => tag));
    this.#values = new Float64Array(members.length);
  }

  write(
    step: number,
    values: ArrayLike<number>,
    from: number,
    wallTime: number | undefined,
    now: number,
  ): void {
    const members = this.#members;
    let kept = 0;
    for (let i = 0; i < members.length; i++) {
      const { index, sampler } = members[i]!;
      this.#values[i] = values[from + index]!;
      if (allows(sampler, step, now)) kept++;
    }
    if (kept === members.length) {
      this.#channel.write(step, this.#values, 0, wallTime);
      for (const { sampler } of members) sampler?.kept(step, now);
    } else if (kept > 0) {
      this.#writeSome(step, wallTime, now);
    }
  }

  #writeSome(step: number, wallTime: number | undefined, now: number): void {
    for (const [i, member] of this.#members.entries()) {
      if (!allows(member.sampler, step, now)) continue;
      const single = this.#singles.get(member) ?? this.#sink.scalars([member.tag]);
      this.#singles.set(member, single);
      single.writeOne(step, this.#values[i]!, wallTime);
      member.sampler?.kept(step, now);
    }
  }
}

function allows(sampler: TagSampler | undefined, step: number, now: number): boolean {
  return sampler === undefined || (sampler.allowsStep(step) && sampler.allowsTime(now));
}
