// Projections: the nearest point of a set. Each changes the vector in place and tells whether it had to.

import { ArgumentError } from "../../errors.js";
import type { Vec } from "../parameter.js";

/** Moves `x` to the nearest point of a set; true if that changed it. */
export type Projection = (x: Vec) => boolean;

/**
 * Onto the box of the vectors whose numbers are all in [low, high]. For a box the nearest point is the same in every diagonal metric, also
 * that of the AMSGrad paper (Reddi, Kale and Kumar, ICLR 2018, section 2). A NaN stays.
 *
 * Throws an `ArgumentError` when the box is empty.
 */
export function projectBox(x: Vec, low: number, high: number): boolean {
  checkBox(low, high);
  return clamp(x, low, high);
}

/** `projectBox` of a box that was checked. */
export function clamp(x: Vec, low: number, high: number): boolean {
  let changed = false;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (value > high) x[i] = high;
    else if (value < low) x[i] = low;
    else continue;
    changed = true;
  }
  return changed;
}

/** Throws an `ArgumentError` when the box is empty. */
export function checkBox(low: number, high: number): void {
  if (!(low <= high)) throw new ArgumentError("high", `a number from low (${low})`, high);
}

/**
 * Onto the ball of the vectors whose Euclidean norm is at most `radius`: a longer one is shortened. One with a NaN or an infinite number
 * has no nearest point and is left as it is.
 *
 * Throws an `ArgumentError` when `radius` is negative or no number.
 */
export function projectL2Ball(x: Vec, radius: number): boolean {
  if (!(radius >= 0)) throw new ArgumentError("radius", "a number from 0", radius);
  // In units of the greatest number, because squares of numbers above 1e154 are infinite.
  let greatest = 0;
  for (let i = 0; i < x.length; i++) greatest = Math.max(greatest, Math.abs(x[i]!));
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i]! / greatest) ** 2;
  const norm = Math.sqrt(squares);
  if (!(norm > radius / greatest)) return false;
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! / greatest) * (radius / norm);
  return true;
}

/**
 * Onto the simplex of the vectors whose numbers are not negative and add up to `total`: max(x - θ, 0), with the θ that gives this sum (Duchi,
 * Shalev-Shwartz, Singer and Chandra, "Efficient Projections onto the l1-Ball for Learning in High Dimensions", ICML 2008). θ is found
 * without sorting, by leaving out what is below it until nothing is (Michelot, "A Finite Algorithm for Finding the Projection of a Point onto
 * the Canonical Simplex of Rⁿ", J. Optim. Theory Appl. 50, 1986). One with a NaN or an infinite number has no nearest point and is left as it
 * is.
 *
 * Throws an `ArgumentError` when `total` is not a finite number above 0.
 */
export function projectSimplex(x: Vec, total = 1): boolean {
  if (!(total > 0 && total < Infinity)) throw new ArgumentError("total", "a finite number above 0", total);
  let greatest = -Infinity;
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (!Number.isFinite(value)) return false;
    if (value > greatest) greatest = value;
  }
  // θ as its distance from the greatest number, which has all its digits however large the numbers are.
  let theta = -Infinity;
  let count = x.length + 1;
  for (;;) {
    let sum = 0;
    let above = 0;
    for (let i = 0; i < x.length; i++) {
      const distance = x[i]! - greatest;
      if (distance > theta) {
        sum += distance;
        above++;
      }
    }
    if (above >= count) break;
    count = above;
    theta = (sum - total) / above;
  }
  let changed = false;
  for (let i = 0; i < x.length; i++) {
    const before = x[i]!;
    x[i] = Math.max(before - greatest - theta, 0);
    if (x[i] !== before) changed = true;
  }
  return changed;
}
