/**
 * The root of the SPI: what a policy is, and the small values that decisions are made of.
 *
 * <p>PolyMM runs one Linux memory manager. The engine is the mechanism; every choice that kernel developers dispute is a
 * {@link org.polymm.api.Policy}: it sees read-only facts and answers with a decision. The packages, from the ground up:
 *
 * <pre>
 *   org.polymm.api              Policy, OrderSet, PageSpan, Errno, ScanResult, PolicyMemory
 *   org.polymm.api.view         facts the engine shows: folios, VMAs, THP settings
 *   org.polymm.api.split        FolioSplitPolicy   mlock, VMA boundaries, reclaim, deferred split, pins
 *   org.polymm.api.cow          CowSizingPolicy    order of a first touch, extent of a reuse, extent of a copy
 *   org.polymm.api.collapse     CollapsePolicy     what to collapse; how page tables are retracted and moved
 *   org.polymm.api.mapcount     MapcountScheme     how mappings are counted
 *   org.polymm.api.relocation   RelocationPolicy   what mremap does to the index of faulted folios
 *   org.polymm.api.plugin       PolicyPlugin (the one service), descriptors, slots, options, the SPI level
 * </pre>
 *
 * <h2>Rules that hold everywhere</h2>
 *
 * <ul>
 *   <li><b>A view is valid during the call only.</b> The engine reuses one object for all calls of a kind. Copy numbers out;
 *       never keep the view.
 *   <li><b>A policy has no mutable state.</b> What it must remember it puts into {@link org.polymm.api.PolicyMemory}, so that
 *       a machine can be rewound and replayed.
 *   <li><b>A decision is checked.</b> An answer out of range ends the run, or is replaced by the {@code SAFE} answer of its
 *       type, as configured; in either case it is reported with the policy's id, its jar and the call.
 *   <li><b>A decision call never waits.</b> It may not block, start threads or take locks. Only a
 *       {@link org.polymm.api.collapse.CollapsePolicy.Retraction} procedure passes scheduling points.
 *   <li><b>What the engine tells is open.</b> View interfaces and enums told by the engine may grow within a major SPI level:
 *       give a {@code switch} over them a {@code default}. What a policy tells is built by constants and factories.
 *   <li>Pages are base pages of 4 KiB. Page numbers are virtual addresses divided by the page size unless said otherwise.
 * </ul>
 *
 * <p>The package is null-marked: a type is non-null unless it carries {@code @Nullable}.
 */
@NullMarked
package org.polymm.api;

import org.jspecify.annotations.NullMarked;
