/**
 * Guards the binary signature of the SPI.
 *
 * <p>Plugins are compiled apart from their host, so what they are linked to may change only on purpose. The signature
 * that was last agreed to lies in {@code spi-signature.txt} beside the module's pom; the build compares it with the
 * classes, and whoever changes the SPI commits the new file with the change, where a reviewer sees it.
 */
@NullMarked
package org.polymm.api.signature;

import org.jspecify.annotations.NullMarked;
