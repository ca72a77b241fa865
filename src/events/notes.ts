// What a file that took the place of others says about them. TensorBoard passes over such events.

import { encodeEvent, type Event } from "../wire/event.js";
import type { FileSystem } from "./file-system.js";
import { lastNames, placeMapFromJson, placeMapToJson, type PlaceMap } from "./place-map.js";
import { storedEvents } from "./stored-events.js";

/** The level of a message that only informs, in TensorFlow's numbers. */
const INFO = 20;
const HOLDS = "This file holds the records of ";
const PLACES = "What stands before this stood at ";

/**
 * The second event of such a file: the names of the files whose place it takes. What they have is in it or is void. Who finds one of them
 * beside it, as after a kill, knows that. `wallTime` in seconds.
 */
export function holdsNote(wallTime: number, names: readonly string[]): Uint8Array {
  return note(wallTime, `${HOLDS}${lastNames(names).join("/")}`);
}

/** The event behind what they had: where in them that stood. */
export function placesNote(wallTime: number, map: PlaceMap): Uint8Array {
  return note(wallTime, `${PLACES}${placeMapToJson(map)}`);
}

function note(wallTime: number, message: string): Uint8Array {
  return encodeEvent({ wallTime, logMessage: { level: INFO, message } });
}

/** Whether it is the version of a file or one of these events: what a file has for itself, and is not copied. */
export function isOfItsFile({ summary, fileVersion, logMessage }: Event): boolean {
  // Nearly all of a run's events.
  if (summary !== undefined) return false;
  const message = logMessage?.message;
  return fileVersion !== undefined || message?.startsWith(HOLDS) === true || isPlaces(message);
}

/** What an event says about places, if it does. */
export function placesIn({ logMessage }: Event): PlaceMap | undefined {
  const message = logMessage?.message;
  return isPlaces(message) ? placeMapFromJson(message!.slice(PLACES.length)) : undefined;
}

function isPlaces(message: string | undefined): boolean {
  return message?.startsWith(PLACES) === true;
}

/** The files whose place a file takes in which this event is, if it says so, by name. */
export function holdsIn({ logMessage }: Event): string[] | undefined {
  const message = logMessage?.message;
  if (message?.startsWith(HOLDS) !== true) return undefined;
  return message.slice(HOLDS.length).split("/").filter(Boolean);
}

/** The files whose place the file at `path` takes, by name. Throws a `CorruptFileError` and the system's errors. */
export function heldBy(path: string, fs: FileSystem): string[] {
  for (const { event } of storedEvents(path, fs)) {
    const holds = holdsIn(event);
    if (holds !== undefined) return holds;
    if (!isOfItsFile(event)) return [];
  }
  return [];
}

/** Where what the file at `path` has stood in those. Reads it as far as that; throws like `heldBy`. */
export function placesOf(path: string, fs: FileSystem): PlaceMap {
  for (const { event } of storedEvents(path, fs)) {
    const places = placesIn(event);
    if (places !== undefined) return places;
  }
  return new Map();
}
