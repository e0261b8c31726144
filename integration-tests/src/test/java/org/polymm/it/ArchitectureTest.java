package org.polymm.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md, held in place. */
class ArchitectureTest {

    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() {
        ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.polymm");
    }

    @Test
    void theSpiDependsOnJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("org.polymm.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.polymm.api..", "java..", "org.jspecify..")
                .check(ours);
    }

    @Test
    void theEngineDependsOnTheSpiAndJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("org.polymm.engine..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.polymm.engine..", "org.polymm.api..", "java..", "org.jspecify..")
                .check(ours);
    }

    @Test
    void theHostKernelDependsOnJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("org.polymm.linux..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.polymm.linux..", "java..", "org.jspecify..")
                .check(ours);
    }

    @Test
    void theEngineKnowsNoThreadsAndNoClocks() {
        noClasses()
                .that()
                .resideInAPackage("org.polymm.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..", "java.time..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class)
                .check(ours);
    }

    @Test
    void theEngineKeepsNothingInStatics() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage("org.polymm.engine..")
                .and()
                .areStatic()
                .should()
                .beFinal()
                .check(ours);
    }

    @Test
    void onlyTheGatewayOfTheEngineCallsPolicies() {
        noClasses()
                .that()
                .resideInAPackage("org.polymm.engine..")
                .and()
                .resideOutsideOfPackage("org.polymm.engine.policy..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(org.polymm.api.Policy.class)
                .check(ours);
    }

    @Test
    void guiceAndCommonsConfigurationStayInTheRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.polymm.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.inject..", "org.apache.commons.configuration2..", "jakarta.inject..")
                .check(ours);
    }

    @Test
    void noPackagesOfTheEngineDependOnEachOtherInACircle() {
        slices().matching("org.polymm.engine.(*)..").should().beFreeOfCycles().check(ours);
    }

    @Test
    void noPackagesOfTheSpiDependOnEachOtherInACircle() {
        slices().matching("org.polymm.api.(*)..").should().beFreeOfCycles().check(ours);
    }

    @Test
    void noPackagesOfTheRuntimeDependOnEachOtherInACircle() {
        slices().matching("org.polymm.runtime.(*)..").should().beFreeOfCycles().check(ours);
    }

    @Test
    void noPackagesOfTheLaboratoryDependOnEachOtherInACircle() {
        slices().matching("org.polymm.lab.(*)..").should().beFreeOfCycles().check(ours);
    }
}
