"""Items of the queue and what people decided, in the formats that a newsroom needs, and back again.

Every exporter reads rows (an item, its article, the decisions that stand), one after the other, and
writes into an open text file; none of them keeps them. What each writes is told in the README.
"""
