package org.polymm.lab.fuzz;

import org.polymm.engine.state.Geometry;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/**
 * The outer measures of generated programs.
 *
 * @param window where they live
 * @param block how many pages ranges like to be aligned to: the size of a folio
 * @param processes how many processes live at once, at most
 * @param operations how many operations a program has
 */
public record ProgramShape(Window window, int block, int processes, int operations) {

    /** Checks the ranges. */
    public ProgramShape {
        if (block < 2 || block > window.pages() || processes < 1 || operations < 3) {
            throw new IllegalArgumentException(
                    "a program of " + operations + " operations by " + processes + " processes in blocks of " + block);
        }
    }

    /**
     * Programs of about fifty operations in 192 pages.
     *
     * @param geometry the shape of page tables
     * @return the shape
     */
    public static ProgramShape small(Geometry geometry) {
        boolean usual = geometry.equals(Geometry.X86_64);
        return new ProgramShape(new Window(base(geometry), 192), usual ? 16 : geometry.pmdPages(), 6, 50);
    }

    /**
     * Programs in a window of a few ranges that one PMD entry maps.
     *
     * @param geometry the shape of page tables
     * @return the shape
     */
    public static ProgramShape huge(Geometry geometry) {
        return new ProgramShape(new Window(base(geometry), 3 * geometry.pmdPages()), geometry.pmdPages(), 4, 50);
    }

    private static long base(Geometry geometry) {
        return geometry.equals(Geometry.X86_64) ? Window.BASE : Window.SMALL_BASE;
    }

    /**
     * The address of a page.
     *
     * @param page its index in the window
     * @return in bytes
     */
    long address(int page) {
        return window.base() + page * Operation.PAGE;
    }
}
