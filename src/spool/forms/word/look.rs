//! Elements by their names without prefix: which prefix stands for which namespace is each program's own affair.

use crate::ooxml::xml::Element;

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The first child of this name.
pub(super) fn named<'e>(element: &'e Element, name: &'e str) -> Option<&'e Element> {
    all_named(element, name).next()
}

/// The children of this name.
pub(super) fn all_named<'e>(element: &'e Element, name: &'e str) -> impl Iterator<Item = &'e Element> {
    element.elements().filter(move |child| local(&child.name) == name)
}

/// The first element of this name at the end of a path of children.
pub(super) fn at<'e>(element: &'e Element, path: &[&'e str]) -> Option<&'e Element> {
    path.iter().try_fold(element, |element, name| named(element, name))
}

/// The value of an attribute.
pub(super) fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    element.attributes.iter().find(|(key, _)| local(key) == name).map(|(_, value)| value.as_str())
}

/// Whether a property is there and not switched off.
pub(super) fn is_on(property: Option<&Element>) -> bool {
    property.is_some_and(|property| !matches!(attribute(property, "val"), Some("0" | "false" | "off")))
}
