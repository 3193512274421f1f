/** The machine of the incident: small, so that its memory is soon full, and the same for everyone who records it. */

export const hostName = 'lab';
/** Of the cgroup that all of Nix is in, and of its swap file. */
export const limitMB = 576;
export const swapMB = 144;
/** What the kernel, the system and nixpulse itself, which are outside of that cgroup, count as. */
export const systemMB = 160;
/** A file system of its own: workloads, configuration, the recording. */
export const place = '/srv';

/** What the incident asks of its disk. */
export type WhatDisk = 'stall' | 'well' | { readonly bytesPerSec: number };
