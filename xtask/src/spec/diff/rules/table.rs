//! The rows.

use super::Effect::{Incomparable, Narrows, Nothing, Unknown, Widens};
use super::Severity::{self, Breaking, Info, Warning};
use super::{Exception, Rule};

/// Names the rows, and lists them all.
macro_rules! rules {
    ($($name:ident = $rule:expr;)*) => {
        $(pub(crate) static $name: Rule = $rule;)*
        /// Every row.
        #[cfg(test)]
        pub(crate) static RULES: &[&Rule] = &[$(&$name),*];
    };
}

const fn sent(severity: Severity, why: &'static str) -> Exception {
    Exception {
        received: false,
        severity,
        why,
    }
}

const fn received(severity: Severity, why: &'static str) -> Exception {
    Exception {
        received: true,
        severity,
        why,
    }
}

const OTHER_KIND: &str = "it is another kind of value, and nothing of the old one is left";

rules! {
    // Operations and webhooks.
    ENDPOINT_ADDED = Rule::both("endpoint-added", Widens, "is new").chosen();
    PATH_REMOVED = Rule::both("api-path-removed-without-deprecation", Narrows, "is gone with its whole path").chosen();
    OPERATION_REMOVED = Rule::both("api-removed-without-deprecation", Narrows, "is gone").chosen();
    PATH_REMOVED_AS_ANNOUNCED = Rule::both("api-path-removed-with-deprecation", Narrows, "is gone with its whole path, and was deprecated")
        .except(&[sent(Info, "it was deprecated before it went")]);
    OPERATION_REMOVED_AS_ANNOUNCED = Rule::both("api-removed-with-deprecation", Narrows, "is gone, and was deprecated")
        .except(&[sent(Info, "it was deprecated before it went")]);
    ENDPOINT_DEPRECATED = Rule::both("endpoint-deprecated", Nothing, "is deprecated now");
    ENDPOINT_REACTIVATED = Rule::both("endpoint-reactivated", Nothing, "is no longer deprecated");
    OPERATION_ID_REMOVED = Rule::both("api-operation-id-removed", Nothing, "is called {new} by its operationId, no longer {old}");
    OPERATION_ID_ADDED = Rule::both("api-operation-id-added", Nothing, "has an operationId now, {new}");
    TAG_ADDED = Rule::both("api-tag-added", Nothing, "has the tag {new}");
    TAG_REMOVED = Rule::both("api-tag-removed", Nothing, "has no longer the tag {old}");
    PATH_PARAMETER_RENAMED = Rule::both("path-parameter-renamed", Nothing, "was written {old}: a parameter of the path has another name");
    WEBHOOK_ADDED = Rule::both("webhook-added", Widens, "is new").chosen();
    WEBHOOK_REMOVED = Rule::both("webhook-removed", Narrows, "is gone").chosen();

    // Security.
    SECURITY_ADDED = Rule::both("api-security-added", Widens, "also takes {new}").chosen();
    SECURITY_INTRODUCED = Rule::both("api-security-added", Narrows, "needs {new}; it needed nothing").chosen();
    SECURITY_REMOVED = Rule::both("api-security-removed", Narrows, "does not take {old} any more").chosen();
    SECURITY_DROPPED = Rule::both("api-security-removed", Widens, "needs nothing any more; it needed {old}").chosen();
    SCOPE_ADDED = Rule::both("api-security-scope-added", Narrows, "needs the scope {new}").chosen();
    SCOPE_REMOVED = Rule::both("api-security-scope-removed", Widens, "does not need the scope {old} any more").chosen();
    GLOBAL_SECURITY_ADDED = Rule::both("api-global-security-added", Widens, "also takes {new}").chosen();
    GLOBAL_SECURITY_INTRODUCED = Rule::both("api-global-security-added", Narrows, "needs {new}; it needed nothing").chosen();
    GLOBAL_SECURITY_REMOVED = Rule::both("api-global-security-removed", Narrows, "does not take {old} any more").chosen();
    GLOBAL_SECURITY_DROPPED = Rule::both("api-global-security-removed", Widens, "needs nothing any more; it needed {old}").chosen();
    GLOBAL_SCOPE_ADDED = Rule::both("api-global-security-scope-added", Narrows, "needs the scope {new}").chosen();
    GLOBAL_SCOPE_REMOVED = Rule::both("api-global-security-scope-removed", Widens, "does not need the scope {old} any more").chosen();
    SECURITY_SCHEME_ADDED = Rule::both("api-security-component-added", Nothing, "is a new security scheme");
    SECURITY_SCHEME_REMOVED = Rule::both("api-security-component-removed", Nothing, "is a security scheme no longer");
    SECURITY_SCHEME_TYPE_CHANGED = Rule::both("api-security-component-type-changed", Nothing, "has the type {new}, was {old}");

    // The document.
    SERVER_ADDED = Rule::both("server-added", Widens, "is a new server").chosen();
    SERVER_REMOVED = Rule::both("server-removed", Narrows, "is a server no longer").chosen();
    DOCUMENT_TAG_ADDED = Rule::both("tag-added", Nothing, "is a new tag");
    DOCUMENT_TAG_REMOVED = Rule::both("tag-removed", Nothing, "is a tag no longer");
    INFO_CHANGED = Rule::both("api-info-changed", Nothing, "was {old}, is {new}");
    COMPONENT_ADDED = Rule::both("api-#-added", Nothing, "is a new {what}");
    COMPONENT_REMOVED = Rule::both("api-#-removed", Nothing, "is gone from the components");
    COMPONENT_RENAMED = Rule::both("api-#-renamed", Nothing, "is another name for the same shape");

    // Parameters, and the headers of deliveries.
    REQUIRED_PARAMETER_ADDED = Rule::new(("new-required-request-parameter", "response-header-added"), Narrows, "is a new parameter, and required");
    OPTIONAL_PARAMETER_ADDED = Rule::new(("new-optional-request-parameter", "response-header-added"), Nothing, "is a new parameter");
    PATH_PARAMETER_ADDED = Rule::both("new-request-path-parameter", Narrows, "is a new parameter of the path");
    OPTIONAL_PARAMETER_REMOVED = Rule::new(("request-parameter-removed", "optional-response-header-removed"), Unknown, "is no parameter any more");
    REQUIRED_PARAMETER_REMOVED = Rule::new(("request-parameter-removed", "required-response-header-removed"), Unknown, "is no parameter any more; it was required")
        .except(&[received(Breaking, "clients could rely on it")]);
    DEPRECATED_PARAMETER_REMOVED = Rule::new(("request-parameter-removed-with-deprecation", "optional-response-header-removed"), Unknown, "is no parameter any more, and was deprecated")
        .except(&[sent(Info, "it was deprecated before it went")]);
    PARAMETER_BECAME_REQUIRED = Rule::new(("request-parameter-became-required", "response-header-became-required"), Narrows, "is required now");
    PARAMETER_BECAME_OPTIONAL = Rule::new(("request-parameter-became-optional", "response-header-became-optional"), Widens, "is optional now");
    PARAMETER_DEPRECATED = Rule::new(("request-parameter-deprecated", "response-header-deprecated"), Nothing, "is deprecated now");
    PARAMETER_REACTIVATED = Rule::new(("request-parameter-reactivated", "response-header-reactivated"), Nothing, "is no longer deprecated");
    PARAMETER_SERIALIZATION_CHANGED = Rule::new(("request-parameter-#-changed", "response-header-#-changed"), Incomparable, "is written otherwise: {what} is {new}, was {old}");

    // Bodies and responses.
    REQUIRED_BODY_ADDED = Rule::both("request-body-added-required", Narrows, "has a body now, and needs it").chosen();
    OPTIONAL_BODY_ADDED = Rule::both("request-body-added-optional", Nothing, "may have a body now");
    BODY_REMOVED = Rule::both("request-body-removed", Unknown, "has no body any more")
        .except(&[sent(Breaking, "what clients said in it can no longer be said"), received(Breaking, "clients could rely on it")]);
    BODY_BECAME_REQUIRED = Rule::both("request-body-became-required", Narrows, "needs its body now");
    BODY_BECAME_OPTIONAL = Rule::both("request-body-became-optional", Widens, "may go without its body now");
    MEDIA_TYPE_ADDED = Rule::new(("request-body-media-type-added", "response-media-type-added"), Widens, "may also be {new}").chosen();
    MEDIA_TYPE_REMOVED = Rule::new(("request-body-media-type-removed", "response-media-type-removed"), Narrows, "is {old} no longer").chosen();
    MEDIA_TYPE_SCHEMA_ADDED = Rule::both("{}-media-type-schema-added", Narrows, "has a schema now");
    MEDIA_TYPE_SCHEMA_REMOVED = Rule::both("{}-media-type-schema-removed", Widens, "has no schema any more");
    SUCCESS_STATUS_ADDED = Rule::both("response-success-status-added", Widens, "may succeed with {new}").chosen();
    SUCCESS_STATUS_REMOVED = Rule::both("response-success-status-removed", Narrows, "succeeds no longer with {old}").chosen();
    FAILURE_STATUS_ADDED = Rule::both("response-non-success-status-added", Widens, "may fail with {new}").chosen();
    FAILURE_STATUS_REMOVED = Rule::both("response-non-success-status-removed", Narrows, "fails no longer with {old}")
        .except(&[sent(Info, "a failure that cannot happen hurts nobody"), received(Info, "a failure that cannot happen hurts nobody")]);
    HEADER_ADDED = Rule::both("response-header-added", Widens, "is a new header").chosen();
    REQUIRED_HEADER_REMOVED = Rule::both("required-response-header-removed", Narrows, "is no header any more; it was always there").chosen();
    OPTIONAL_HEADER_REMOVED = Rule::both("optional-response-header-removed", Narrows, "is no header any more").chosen()
        .except(&[received(Warning, "clients could not rely on it, but may have used it")]);

    // Properties.
    REQUIRED_PROPERTY_ADDED = Rule::new(("new-required-request-property", "response-required-property-added"), Narrows, "is a new property, and required");
    REQUIRED_PROPERTY_WITH_DEFAULT_ADDED = Rule::new(("new-required-request-property-with-default", "response-required-property-added"), Narrows, "is a new property, required, with a default");
    OPTIONAL_PROPERTY_ADDED = Rule::new(("new-optional-request-property", "response-optional-property-added"), Nothing, "is a new property");
    REQUIRED_PROPERTY_REMOVED = Rule::new(("request-property-removed", "response-required-property-removed"), Unknown, "is no property any more; it was required")
        .except(&[received(Breaking, "clients could rely on it")]);
    OPTIONAL_PROPERTY_REMOVED = Rule::new(("request-property-removed", "response-optional-property-removed"), Unknown, "is no property any more")
        .except(&[received(Info, "clients had to do without it already")]);
    BECAME_REQUIRED = Rule::both("{}-became-required", Narrows, "is required now");
    BECAME_REQUIRED_WITH_DEFAULT = Rule::new(("{}-became-required-with-default", "{}-became-required"), Narrows, "is required now, with a default");
    BECAME_OPTIONAL = Rule::both("{}-became-optional", Widens, "may be left out now");
    ADDITIONAL_PROPERTIES_OPENED = Rule::both("{}-additional-properties-allowed", Widens, "may have properties that are not listed").whole();
    ADDITIONAL_PROPERTIES_CLOSED = Rule::both("{}-additional-properties-forbidden", Narrows, "has only the properties that are listed now").whole();
    ADDITIONAL_PROPERTIES_TYPED = Rule::both("{}-additional-properties-schema-added", Narrows, "says of its other properties what they are").whole();
    ADDITIONAL_PROPERTIES_UNTYPED = Rule::both("{}-additional-properties-schema-removed", Widens, "does not say any more what its other properties are").whole();
    BECAME_READ_ONLY = Rule::new(("request-#-property-became-read-only", "response-#-property-became-read-only"), Nothing, "is only read now");
    BECAME_NOT_READ_ONLY = Rule::new(("request-#-property-became-not-read-only", "response-#-property-became-not-read-only"), Nothing, "is no longer only read");
    BECAME_WRITE_ONLY = Rule::new(("request-#-property-became-write-only", "response-#-property-became-write-only"), Nothing, "is only written now");
    BECAME_NOT_WRITE_ONLY = Rule::new(("request-#-property-became-not-write-only", "response-#-property-became-not-write-only"), Nothing, "is no longer only written");
    REQUIRED_BECAME_NOT_WRITE_ONLY = Rule::new(("request-#-property-became-not-write-only", "response-#-property-became-not-write-only"), Widens, "is no longer only written")
        .except(&[received(Warning, "the server may send it now")]);

    // Values.
    BECAME_NULLABLE = Rule::both("{}-became-nullable", Widens, "may be null now");
    BECAME_NOT_NULLABLE = Rule::both("{}-became-not-nullable", Narrows, "is not null any more");
    TYPE_GENERALIZED = Rule::both("{}-type-generalized", Widens, "is {new}, was {old}");
    TYPE_SPECIALIZED = Rule::new(("{}-type-changed", "{}-type-specialized"), Narrows, "is {new}, was {old}");
    TYPE_CHANGED = Rule::both("{}-type-changed", Incomparable, "is {new}, was {old}");
    TYPE_REPLACED = Rule::both("{}-type-changed", Unknown, "is {new}, was {old}").whole()
        .except(&[sent(Breaking, OTHER_KIND), received(Breaking, OTHER_KIND)]);
    LIST_OF_TYPES_WIDENED = Rule::both("{}-list-of-types-widened", Widens, "is {new}, was {old}");
    LIST_OF_TYPES_NARROWED = Rule::both("{}-list-of-types-narrowed", Narrows, "is {new}, was {old}");
    BECAME_ENUM = Rule::both("{}-became-enum", Narrows, "has one of the listed values now: {new}");
    BECAME_NOT_ENUM = Rule::both("{}-became-not-enum", Widens, "may have any value now, not only {old}");
    ENUM_VALUE_ADDED = Rule::both("{}-enum-value-added", Widens, "has the new value {new}")
        .except(&[received(Warning, "clients have to take a value that they do not know")]);
    ENUM_VALUE_REMOVED = Rule::both("{}-enum-value-removed", Narrows, "has the value {old} no longer");
    CONST_ADDED = Rule::both("{}-const-added", Narrows, "is always {new} now");
    CONST_REMOVED = Rule::both("{}-const-removed", Widens, "is not always {old} any more");
    CONST_CHANGED = Rule::both("{}-const-changed", Incomparable, "is always {new}, was {old}");
    DEFAULT_ADDED = Rule::both("{}-default-value-added", Nothing, "has the default {new}");
    DEFAULT_REMOVED = Rule::both("{}-default-value-removed", Nothing, "has no default any more, was {old}");
    DEFAULT_CHANGED = Rule::both("{}-default-value-changed", Nothing, "has the default {new}, was {old}");
    PATTERN_ADDED = Rule::both("{}-pattern-added", Narrows, "has to match {new}");
    PATTERN_REMOVED = Rule::both("{}-pattern-removed", Widens, "does not have to match {old} any more");
    PATTERN_CHANGED = Rule::both("{}-pattern-changed", Unknown, "has to match {new}, was {old}");
    PATTERN_GENERALIZED = Rule::new(("{}-pattern-generalized", "{}-pattern-changed"), Widens, "matches anything, was {old}");
    BOUND_SET = Rule::both("{}-#-set", Narrows, "has a limit: {what} {new}");
    BOUND_UNSET = Rule::both("{}-#-unset", Widens, "has no limit any more, {what} was {old}");
    UPPER_INCREASED = Rule::both("{}-#-increased", Widens, "has another limit: {what} is {new}, was {old}");
    UPPER_DECREASED = Rule::both("{}-#-decreased", Narrows, "has another limit: {what} is {new}, was {old}");
    LOWER_INCREASED = Rule::both("{}-#-increased", Narrows, "has another limit: {what} is {new}, was {old}");
    LOWER_DECREASED = Rule::both("{}-#-decreased", Widens, "has another limit: {what} is {new}, was {old}");
    UNIQUE_ITEMS_SET = Rule::both("{}-unique-items-set", Narrows, "has nothing twice now");
    UNIQUE_ITEMS_UNSET = Rule::both("{}-unique-items-unset", Widens, "may have things twice now");
    MULTIPLE_OF_SET = Rule::both("{}-multiple-of-set", Narrows, "is a multiple of {new} now");
    MULTIPLE_OF_UNSET = Rule::both("{}-multiple-of-unset", Widens, "is not always a multiple of {old} any more");
    MULTIPLE_OF_GENERALIZED = Rule::new(("{}-multiple-of-generalized", "{}-multiple-of-changed"), Widens, "is a multiple of {new}, was of {old}");
    MULTIPLE_OF_SPECIALIZED = Rule::new(("{}-multiple-of-changed", "{}-multiple-of-specialized"), Narrows, "is a multiple of {new}, was of {old}");
    MULTIPLE_OF_CHANGED = Rule::both("{}-multiple-of-changed", Incomparable, "is a multiple of {new}, was of {old}");
    CONTENT_CHANGED = Rule::both("{}-#-changed", Incomparable, "holds other text: {what} is {new}, was {old}");
    SCHEMA_DEPRECATED = Rule::both("{}-deprecated", Nothing, "is deprecated now");
    SCHEMA_REACTIVATED = Rule::both("{}-reactivated", Nothing, "is no longer deprecated");

    // Structure.
    REFERENCE_CHANGED = Rule::both("{}-reference-changed", Nothing, "refers to {new}, was {old}; differences of the two are listed");
    RESTRUCTURED = Rule::both("{}-restructured", Nothing, "is written otherwise; differences of meaning are listed").quiet();
    WRAPPED_IN_PROPERTY = Rule::both("{}-wrapped-in-property", Incomparable, "stands in the property {new} now").whole();
    UNWRAPPED_FROM_PROPERTY = Rule::both("{}-unwrapped-from-property", Incomparable, "stands in the property {old} no longer").whole();
    ONE_OF_ADDED = Rule::both("{}-one-of-added", Widens, "may also be {new}");
    ONE_OF_REMOVED = Rule::both("{}-one-of-removed", Narrows, "is {old} no longer");
    ANY_OF_ADDED = Rule::both("{}-any-of-added", Widens, "may also be {new}");
    ANY_OF_REMOVED = Rule::both("{}-any-of-removed", Narrows, "is {old} no longer");
    WRAPPED_IN_ONE_OF = Rule::both("{}-wrapped-in-one-of", Unknown, "is one of several now: {new}")
        .except(&[sent(Breaking, "what was valid may be none of them"), received(Breaking, "what was always there may be in none of them")]);
    WRAPPED_IN_ONE_OF_WITH_ITSELF = Rule::both("{}-wrapped-in-one-of-original-preserved", Widens, "is one of several now, of which it is one: {new}").whole();
    UNWRAPPED_FROM_ONE_OF = Rule::both("{}-unwrapped-from-one-of", Narrows, "is always the same now, and was one of several: {old}").whole();
    ALL_OF_ADDED = Rule::both("{}-all-of-added", Narrows, "is also {new}");
    ALL_OF_REMOVED = Rule::both("{}-all-of-removed", Widens, "is {old} no longer");
    ALL_OF_ADDED_AS_LISTED = Rule::both("{}-all-of-added", Nothing, "is also {new}; what that means is listed");
    ALL_OF_REMOVED_AS_LISTED = Rule::both("{}-all-of-removed", Nothing, "is {old} no longer; what that means is listed");
    DISCRIMINATOR_ADDED = Rule::both("{}-discriminator-added", Nothing, "has a discriminator now");
    DISCRIMINATOR_REMOVED = Rule::both("{}-discriminator-removed", Nothing, "has no discriminator any more");
    DISCRIMINATOR_PROPERTY_CHANGED = Rule::both("{}-discriminator-property-name-changed", Nothing, "is told apart by {new}, was by {old}");
    DISCRIMINATOR_MAPPING_ADDED = Rule::both("{}-discriminator-mapping-added", Nothing, "has the key {what} for {new}");
    DISCRIMINATOR_MAPPING_REMOVED = Rule::both("{}-discriminator-mapping-deleted", Nothing, "has no key {what} any more, was for {old}");
    DISCRIMINATOR_MAPPING_CHANGED = Rule::both("{}-discriminator-mapping-changed", Nothing, "has the key {what} for {new}, was for {old}");
    PREFIX_ITEMS_ADDED = Rule::both("{}-prefix-items-added", Unknown, "says more of its first items");
    PREFIX_ITEMS_REMOVED = Rule::both("{}-prefix-items-removed", Unknown, "says less of its first items");
    CONDITION_ADDED = Rule::both("{}-#-added", Narrows, "has a condition now: {what}");
    CONDITION_REMOVED = Rule::both("{}-#-removed", Widens, "has a condition no longer: {what}");
    CONDITION_CHANGED = Rule::both("{}-#-changed", Unknown, "has another condition: {what}").whole();

    // The rest.
    EXAMPLE_CHANGED = Rule::both("example-changed", Nothing, "has another example").whole().quiet();
    ANNOTATION_CHANGED = Rule::both("annotation-changed", Nothing, "has another {what}").whole().quiet();
    OTHER_CHANGED = Rule::both("other-changed", Unknown, "has another {what}, which no rule knows").whole();
}
