"""Parents and children, and the walk back to the root."""

from azureml.core import Experiment, Workspace, get_run

ws = Workspace.from_config()
exp = Experiment(ws, "children")

parent = exp.start_logging()
for index, child in enumerate(parent.create_children(count=3)):
    child.log(name="Hello from child run", value=index)
    child.complete()
for child in parent.create_children(tag_key="fold", tag_values=["a", "b"]):
    child.complete()
nested = parent.child_run(name="nested")
leaf = nested.child_run(name="leaf")
leaf.log("depth", 2)
root = leaf
while root.parent is not None:
    root = root.parent
print(root.id == parent.id)
leaf.complete()
nested.complete()
parent.complete()

print(len(list(parent.get_children())), len(list(parent.get_children(recursive=True))))
print([child.get_tags()["fold"] for child in parent.get_children(tags="fold")])
print(get_run(exp, leaf.id).get_metrics())
