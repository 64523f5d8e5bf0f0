/**
 * What is promised of Holdfast, seen against real processes: {@code java -jar}, Tomcat 10.1 and 11, and a site that is
 * killed and started again. Nothing here uses Holdfast's classes; the tests see what an operator and a client see.
 */
package dev.holdfast.it;
