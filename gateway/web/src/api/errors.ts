import { create } from "@bufbuild/protobuf";
import { Reason, type Refusal, RefusalSchema } from "../../gen/matchpoint/v1/refusal_pb";

/** A typed "no" from the server. The sentence is English; people are shown the translation of its reason. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.sentence);
    this.refusal = refusal;
  }

  get reason(): Reason {
    return this.refusal.reason;
  }

  static of(reason: Reason, sentence = ""): Refused {
    return new Refused(create(RefusalSchema, { reason, sentence }));
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

/** The browser keeps no cookie of this page: nobody can be known here. */
export class CookiesBlocked extends Error {}
