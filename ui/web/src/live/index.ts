export { connect } from "./connect";
export {
  type Live,
  live,
  type Phase,
  UNDER_WAY,
  type Underway,
  useConnection,
  useCurrentPhases,
  usePhases,
  useReplicas,
  useUnderway,
  withEntry,
  withStatus,
} from "./store";
export { type Connection, type Entry, stream } from "./stream";
export { useStatus } from "./useStatus";
