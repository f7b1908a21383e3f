/** A fault in the rules: one piece of the source, which occurs once, made another. */
export interface Mutant {
  readonly name: string;
  /** Within `src/core`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The faults that the evidence must catch, each of which a plausible supervisor has. */
export const mutants: readonly Mutant[] = [
  // Order
  {
    name: 'stop_order_flipped',
    file: 'end-supervision.ts',
    from: 'const children = [...sup.children.values()].toReversed();',
    to: 'const children = [...sup.children.values()];',
  },
  {
    name: 'dynamic_children_stopped_one_by_one',
    file: 'end-supervision.ts',
    from: "if (sup.flags.kind === 'dynamic') {",
    to: 'if (false) {',
  },
  {
    name: 'start_order_flipped',
    file: 'plan.ts',
    from: 'of specs.map((spec) => add(sup, spec)))',
    to: 'of specs.map((spec) => add(sup, spec)).toReversed())',
  },
  {
    name: 'group_stop_order_flipped',
    file: 'restart.ts',
    from: 'of group.toReversed())',
    to: 'of group)',
  },
  {
    name: 'group_start_order_flipped',
    file: 'restart.ts',
    from: 'startMembers(sup, group.filter(comesBack))',
    to: 'startMembers(sup, group.filter(comesBack).toReversed())',
  },

  // Intensity
  {
    name: 'one_restart_too_many',
    file: 'intensity.ts',
    from: 'if (this.restarts(now) >= this.intensity.maxRestarts)',
    to: 'if (this.restarts(now) > this.intensity.maxRestarts)',
  },
  {
    name: 'one_restart_too_few',
    file: 'intensity.ts',
    from: 'if (this.restarts(now) >= this.intensity.maxRestarts)',
    to: 'if (this.restarts(now) + 1 >= this.intensity.maxRestarts)',
  },
  {
    name: 'window_tumbles',
    file: 'intensity.ts',
    from: 'for (let oldest = stamps.peek(); oldest !== undefined && oldest < start; oldest = stamps.peek()) stamps.shift();',
    to: 'if (stamps.size > 0 && stamps.peek()! < start) while (stamps.size > 0) stamps.shift();',
  },
  {
    name: 'window_edge_exclusive',
    file: 'intensity.ts',
    from: 'oldest < start;',
    to: 'oldest <= start;',
  },
  {
    name: 'window_never_pruned',
    file: 'intensity.ts',
    from: 'const start = now - this.intensity.withinMs;',
    to: 'const start = -Infinity;',
  },
  {
    name: 'group_restart_charged_per_member',
    file: 'restart.ts',
    from: "for (const child of group.toReversed()) yield* stopChild(sup, child, comesBack(child) ? 'restart' : 'shutdown');",
    to: `for (const child of group.toReversed()) {
    if (child !== pivot) sup.budget.charge(sup.now);
    yield* stopChild(sup, child, comesBack(child) ? 'restart' : 'shutdown');
  }`,
  },
  {
    name: 'failed_restart_charged_twice',
    file: 'restart.ts',
    from: 'const { child: failed, error } = failure;',
    to: 'const { child: failed, error } = failure;\n  sup.budget.charge(sup.now);',
  },
  {
    name: 'retry_free_of_charge',
    file: 'plan.ts',
    from: 'yield* sup.flags.backoff === undefined ? chargeAndRestart(sup, child) : startAgain(sup, child);',
    to: 'yield* startAgain(sup, child);',
  },
  {
    name: 'retry_after_backoff_charged_again',
    file: 'plan.ts',
    from: 'yield* sup.flags.backoff === undefined ? chargeAndRestart(sup, child) : startAgain(sup, child);',
    to: 'yield* chargeAndRestart(sup, child);',
  },
  {
    name: 'clean_exit_charged',
    file: 'fate.ts',
    from: "if (restart === 'transient' && isClean(reason)) return 'keep';",
    to: "if (restart === 'transient' && isClean(reason)) return charge() ? 'keep' : 'give_up';",
  },
  {
    name: 'restart_by_hand_charged',
    file: 'plan.ts',
    from: `  if (child?.status !== 'stopped') return reply(sup, to, notStopped(command, child));
  const answer = yield* startChild(sup, child);`,
    to: `  if (child?.status !== 'stopped') return reply(sup, to, notStopped(command, child));
  sup.budget.charge(sup.now);
  const answer = yield* startChild(sup, child);`,
  },

  // Restart types
  {
    name: 'transient_as_permanent',
    file: 'fate.ts',
    from: "if (restart === 'transient' && isClean(reason))",
    to: 'if (false)',
  },
  {
    name: 'transient_as_temporary',
    file: 'fate.ts',
    from: "if (restart === 'transient' && isClean(reason))",
    to: "if (restart === 'transient')",
  },
  {
    name: 'temporary_restarted_after_crash',
    file: 'fate.ts',
    from: "if (restart === 'temporary')",
    to: "if (restart === 'temporary' && isClean(reason))",
  },
  {
    name: 'temporary_restarted_as_bystander',
    file: 'restart.ts',
    from: "const comesBack = ({ spec }: Child) => spec.restart !== 'temporary';",
    to: 'const comesBack = (_: Child) => true;',
  },
  {
    name: 'temporary_kept',
    file: 'child-life.ts',
    from: "if (sup.flags.kind === 'dynamic' || child.spec.restart === 'temporary')",
    to: "if (sup.flags.kind === 'dynamic')",
  },

  // Groups
  {
    name: 'finished_member_left_down',
    file: 'restart.ts',
    from: 'const group = groupOf(sup, pivot);',
    to: "const group = groupOf(sup, pivot).filter(({ status }) => status !== 'stopped');",
  },
  {
    name: 'rest_for_one_takes_those_before',
    file: 'restart.ts',
    from: 'children.slice(children.indexOf(pivot))',
    to: 'children.slice(Math.max(0, children.indexOf(pivot) - 1))',
  },
  {
    name: 'group_retried_from_first_crash',
    file: 'restart.ts',
    from: 'const { child: failed, error } = failure;',
    to: 'const { error } = failure;\n  const failed = child;',
  },

  // Retries and exits that come late
  {
    name: 'retry_ignores_terminate',
    file: 'plan.ts',
    from: 'if (child?.retry === undefined || child.retry !== ticket) return;',
    to: 'if (child === undefined) return;',
  },
  {
    name: 'retry_of_earlier_crash_honoured',
    file: 'plan.ts',
    from: 'if (child?.retry === undefined || child.retry !== ticket) return;',
    to: 'if (child?.retry === undefined) return;',
  },
  {
    name: 'retry_not_behind_the_mailbox',
    file: 'restart.ts',
    from: 'if (sup.flags.backoff === undefined) retryLater(sup, failed, 0);\n  else yield*',
    to: 'yield*',
  },
  {
    name: 'stale_exit_honoured',
    file: 'supervision-state.ts',
    from: ' || child.incarnation !== death.incarnation)',
    to: ')',
  },
  {
    name: 'death_handled_twice',
    file: 'plan.ts',
    from: 'if (child?.death !== death) return;',
    to: 'if (child === undefined) return;\n  child.death ??= death;',
  },

  // Automatic shutdown
  {
    name: 'significant_ignored',
    file: 'plan.ts',
    from: "if (!spec.significant || flags.autoShutdown === 'never') return false;",
    to: 'if (true) return false;',
  },
  {
    name: 'every_child_significant',
    file: 'plan.ts',
    from: "if (!spec.significant || flags.autoShutdown === 'never') return false;",
    to: "if (flags.autoShutdown === 'never') return false;",
  },
  {
    name: 'first_significant_ends_all_significant',
    file: 'plan.ts',
    from: "return flags.autoShutdown === 'any_significant' || significant === 0;",
    to: 'return true;',
  },
  {
    name: 'restarting_significant_counts_as_done',
    file: 'supervision-state.ts',
    from: "Number(status !== 'stopped') - Number(child.status !== 'stopped')",
    to: "Number(status === 'running') - Number(child.status === 'running')",
  },
  {
    name: 'terminate_ends_supervisor',
    file: 'plan.ts',
    from: "yield* stopChild(sup, child, 'shutdown');\n",
    to: "yield* stopChild(sup, child, 'shutdown');\n  if (endsSupervisor(sup, child)) yield* shutDown(sup, 'auto_shutdown');\n",
  },

  // First starts, commands, slots
  {
    name: 'first_start_retried',
    file: 'plan.ts',
    from: `const answer = yield* startChild(sup, child);
    if (answer.type === 'failed') return`,
    to: `let answer = yield* startChild(sup, child);
    if (answer.type === 'failed') answer = yield* startChild(sup, child);
    if (answer.type === 'failed') return`,
  },
  {
    name: 'failed_start_kept',
    file: 'plan.ts',
    from: "if (answer.type === 'failed') remove(sup, child);",
    to: '',
  },
  {
    name: 'ref_of_any_life_honoured',
    file: 'plan.ts',
    from: 'return ref === undefined || child?.ref === ref ? child : undefined;',
    to: 'return child;',
  },
  {
    name: 'question_not_in_its_turn',
    file: 'plan.ts',
    from: "    default:\n      if (sup.phase === 'stopping') refuse(sup, input);",
    to: "    default:\n      if (sup.phase === 'stopping' || input.type === 'which_children') refuse(sup, input);",
  },
  {
    name: 'restarting_child_deleted',
    file: 'plan.ts',
    from: `  if (child?.status !== 'stopped') return reply(sup, to, notStopped(command, child));
  remove(sup, child);`,
    to: `  if (child === undefined || child.status === 'running') return reply(sup, to, notStopped(command, child));
  remove(sup, child);`,
  },
  {
    name: 'restarting_children_free_their_slots',
    file: 'plan.ts',
    from: 'if (sup.children.size >= maxChildren)',
    to: 'if (sup.active >= maxChildren)',
  },
  {
    name: 'dynamic_child_ignored_at_restart_kept',
    file: 'child-life.ts',
    from: `report(sup, { type: 'child.ignored', id: spec.id });
    retire(sup, child);`,
    to: `report(sup, { type: 'child.ignored', id: spec.id });
    become(sup, child, 'stopped');`,
  },

  // Back-off
  {
    name: 'backoff_capped_after_jitter',
    file: 'backoff.ts',
    from: `const delay = Math.min(maxMs, minMs * factor ** attempt);
  return jitter === 'none' ? delay : share(random) * delay;`,
    to: `const delay = minMs * factor ** attempt;
  return Math.min(maxMs, jitter === 'none' ? delay : share(random) * delay);`,
  },
  {
    name: 'backoff_never_reset',
    file: 'backoff.ts',
    from: 'return ranMs >= backoff.resetAfterMs ? 0 : attempt;',
    to: 'return attempt;',
  },
];
