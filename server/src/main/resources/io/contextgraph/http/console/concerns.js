// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the concerns of health mean, and what to do. */

const MEANINGS = {
  redis_unavailable: ['Redis does not answer: nothing can be appended or read.', 'Start Redis, or see that the server reaches it.'],
  redis_slow: ['Redis answers slowly: what it says of itself did not come in time.', 'See what keeps Redis busy, and how far away it is.'],
  redis_read_only: ['Redis takes no writes: it is a replica.', 'Point the server at the primary.'],
  memory_full: ['Redis is nearly full: new events are refused, nothing is lost.', 'Give Redis more memory, or let retention take out more.'],
  durability_unreachable: ['The durability that is configured cannot be reached.', 'Switch appendonly on, or have the replicas connect.'],
  appends_refused: ['Redis refuses appends.', 'Run contextgraph doctor: it says why.'],
  ledger_corrupt: ['The ledger is damaged.', 'Run contextgraph ledger examine, then mend.'],
  ledger_shorter: ['The ledger has lost its newest events.', 'Run contextgraph ledger examine; clients are told by their position.'],
  index_incomplete: ['The index does not have all events yet: some searches are refused.', 'Wait until Redis has filled it.'],
  persistence_failing: ['Redis cannot write to its disk.', 'See the log of Redis, and free some space.'],
  memory_high: ['Redis uses much of its memory: the hot window is made shorter.', 'Give Redis more memory, or a shorter ceiling.'],
  redis_evicts: ['Redis may throw keys away when it is full.', 'Set maxmemory-policy to noeviction.'],
  neo4j_unavailable: ['Neo4j does not answer: lineage and context cannot be asked for. Events are kept.', 'Start Neo4j, or see that the server reaches it.'],
  projection_waiting: ['The graph is not fed at the moment: it waits for a store.', 'Once the store answers it goes on by itself.'],
  projection_stalled: ['The graph has not advanced for some time.', 'See the log of the server, and what is parked.'],
  retention_group_missing: ['A required group does not exist, so that nothing leaves the streams.', 'Start what reads as this group, or take it out of the settings.'],
  retention_held: ['A required group has not finished old events, so that they stay in the streams.', 'Start its reader again, or release the group.'],
  retention_window_shrunk: ['Memory is scarce: events leave the streams earlier than is set.', 'Give Redis more memory.'],
  retention_failing: ['Runs of retention fail.', 'See the log of the server.'],
};

/** What it means and what to do, as a pair; of one that is not known here, that. */
export function meaning(concern) {
  return MEANINGS[concern] ?? ['Something is not as it should be.', 'Run contextgraph doctor: it says what, and what to do.'];
}
