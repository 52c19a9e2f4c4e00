namespace Orleans.Runtime;

/// <summary>A request that looks for its activation through the cluster.</summary>
internal abstract class RoutedRequest(Node sender, GrainReference target, MethodModel method) : ActivationRequest
{
    private const int MostForwards = 10;

    private int _forwards;

    public Node Sender => sender;

    public GrainReference Target => target;

    public MethodModel Method => method;

    public Dictionary<string, object>? Context { get; init; }

    public override void Reroute(string reason)
    {
        if (++_forwards > MostForwards)
        {
            Fail(new OrleansMessageRejectionException(
                $"The call of {method.ActivityName} on grain {target.GrainId} was sent on {MostForwards} times. Last reason: {reason}"));
            return;
        }

        try
        {
            sender.Cluster.Dispatch(this);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }
}
